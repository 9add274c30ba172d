package drill

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Root is the directory of the module's sources.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("finding the sources: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// writeOverlay writes what go build -overlay reads.
func writeOverlay(ctx context.Context, dir string, files map[string]string) (string, error) {
	root, err := Root(ctx)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for path, stand := range files {
		replace[filepath.Join(root, path)] = stand
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("writing the overlay: %w", err)
	}
	return path, nil
}
