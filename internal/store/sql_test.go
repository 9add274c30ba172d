package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// statements gives the package's strings that look like SQL, by place. Those that are put together of pieces are whole, with the
// package's constants in them; what is only known when it runs, such as the list of an IN, is one value there.
func statements(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	must(t, err)
	set := token.NewFileSet()
	var files []*ast.File
	constants := map[string]ast.Expr{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		must(t, err)
		files = append(files, file)
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					for i, value := range spec.(*ast.ValueSpec).Values {
						constants[spec.(*ast.ValueSpec).Names[i].Name] = value
					}
				}
			}
		}
	}
	var text func(e ast.Expr) string
	text = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BinaryExpr:
			return text(e.X) + text(e.Y)
		case *ast.BasicLit:
			if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
				return s
			}
		case *ast.Ident:
			if value, ok := constants[e.Name]; ok {
				return text(value)
			}
		}
		return "?1"
	}
	found := map[string]string{}
	isSQL := regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|SAVEPOINT|ROLLBACK|RELEASE)\b`)
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec: // a piece of statements, or a whole one that a function names
				return constants[n.Names[0].Name] == nil
			case *ast.BinaryExpr:
				if n.Op != token.ADD {
					return true
				}
				if s := text(n); isSQL.MatchString(s) {
					found[set.Position(n.Pos()).String()] = s
					return false
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING && isSQL.MatchString(text(n)) {
					found[set.Position(n.Pos()).String()] = text(n)
				}
			}
			return true
		})
	}
	return found
}

func TestTheSQLIsWhatOtherEnginesUnderstandToo(t *testing.T) {
	found := statements(t)
	if len(found) < 50 {
		t.Fatalf("only %d statements found", len(found))
	}
	files, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	var schema []byte
	for _, name := range files {
		step, err := os.ReadFile(name)
		must(t, err)
		schema = append(schema, step...)
	}
	engine := regexp.MustCompile(`(?i)\b(now|datetime|strftime|unixepoch|julianday|ifnull|last_insert_rowid|json_\w+|group_concat|total|glob)\s*\(` +
		`|INSERT OR|REPLACE INTO|\bPRAGMA\b|\bGLOB\b|\bSELECT \*|AUTOINCREMENT|->>?|==|\$\d|\?(\D|$)|[:@]\w+|\browid\b`)
	for place, text := range found {
		if m := engine.FindString(text); m != "" {
			t.Errorf("%s: %q is one engine's own", place, m)
		}
		for _, keyword := range regexp.MustCompile(`(?i)\b(select|insert|update|delete|from|where|join|values|returning|conflict|order by|set|and|or|not|exists|limit)\b`).FindAllString(text, -1) {
			if keyword != strings.ToUpper(keyword) && keyword != "update" {
				t.Errorf("%s: keyword %q is not in capitals", place, keyword)
			}
		}
	}
	columns := regexp.MustCompile(`(?m)^(?:    |ALTER TABLE \S+ ADD COLUMN )(\w+) +(\w+( \w+)?)`)
	for _, m := range columns.FindAllStringSubmatch(string(schema), -1) {
		switch kind := strings.Fields(m[2])[0]; kind {
		case "TEXT", "BIGINT", "BLOB", "DOUBLE":
		case "INTEGER":
			if m[1] != "id" && m[1] != "mail_id" && m[1] != "outbox_id" {
				t.Errorf("column %s is an INTEGER, which is 32 bits elsewhere", m[1])
			}
		case "KEY": // PRIMARY KEY (…)
		default:
			if m[1] != "UNIQUE" && m[1] != "PRIMARY" {
				t.Errorf("column %s has the type %s", m[1], kind)
			}
		}
	}
}

// What is asked all day must not read whole tables, however much they hold.
func TestWhatIsAskedAllDayUsesAnIndex(t *testing.T) {
	s := open(t)
	steps, byDue := 0, 0
	for place, text := range statements(t) {
		file := strings.SplitN(place, ":", 2)[0]
		switch file {
		case "accept.go", "answers.go", "commit.go", "due.go", "readings.go", "mailbox.go", "outbox.go", "plans.go", "sent.go", "raw.go", "slots.go", "vitals.go":
		default:
			continue
		}
		if !regexp.MustCompile(`^\s*(SELECT|INSERT INTO answer|INSERT INTO slot|UPDATE|DELETE)`).MatchString(text) {
			continue
		}
		if strings.HasSuffix(strings.TrimSpace(text), "IN (") {
			text += "?1)"
		}
		for _, step := range plan(t, s, text) {
			scans := strings.HasPrefix(step, "SCAN") && !regexp.MustCompile(`INDEX (member_unplanned|answer_owed|slot_due|outbox_due)$`).MatchString(step)
			sorts := step == "USE TEMP B-TREE FOR ORDER BY" && !strings.Contains(text, "IN (?1)") // what belongs to a few members is sorted soon
			if scans || sorts || strings.Contains(step, "AUTOMATIC") {
				t.Errorf("%s: %s", place, step)
			}
			steps++
			if strings.Contains(step, "outbox_due") {
				byDue++
			}
		}
	}
	if steps < 40 || byDue < 4 {
		t.Errorf("%d steps looked at, %d of them by what is due in the outbox", steps, byDue)
	}
}

// It costs more than to run most of them.
func TestNoQueryIsPlannedAnewEachTime(t *testing.T) {
	alone := regexp.MustCompile(`LIMIT \?\d+(\s*\)|\s*$)`)
	for place, text := range statements(t) {
		if alone.MatchString(text) {
			t.Errorf("%s: a parameter stands alone in a LIMIT; write LIMIT ?1 + 0", place)
		}
	}
}

func plan(t *testing.T, s *Store, query string) []string {
	t.Helper()
	n := 0
	for _, m := range regexp.MustCompile(`\?(\d+)`).FindAllStringSubmatch(query, -1) {
		i, _ := strconv.Atoi(m[1])
		n = max(n, i)
	}
	rows, err := s.writer.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, n)...)
	if err != nil {
		t.Fatalf("%s\n%v", query, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	return steps
}
