package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// zoneDirs are where the system keeps its zone data, in the order in which Go's time package looks.
var zoneDirs = []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}

// zoneData says where zones come from and how new they are: the system's data, else that inside the program.
func zoneData() string {
	dirs := zoneDirs
	if own := os.Getenv("ZONEINFO"); own != "" {
		dirs = append([]string{own}, dirs...)
	}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return "zone data of " + dir // ZONEINFO may be a zip file
		}
		if _, err := os.Stat(filepath.Join(dir, "Europe", "Paris")); err == nil {
			if v := zoneVersion(dir); v != "" {
				return fmt.Sprintf("zone data %s of %s", v, dir)
			}
			return "zone data of " + dir + ", of an unknown version"
		}
	}
	return "zone data inside the program, made with " + runtime.Version()
}

// zoneVersion is the version, such as 2025b, of the zone data in a directory, "" if it does not say.
func zoneVersion(dir string) string {
	if text, err := os.ReadFile(filepath.Join(dir, "+VERSION")); err == nil {
		return strings.TrimSpace(string(text))
	}
	f, err := os.Open(filepath.Join(dir, "tzdata.zi"))
	if err != nil {
		return ""
	}
	defer f.Close()
	first, _ := bufio.NewReader(f).ReadString('\n')
	if version, ok := strings.CutPrefix(strings.TrimSpace(first), "# version "); ok {
		return version
	}
	return ""
}
