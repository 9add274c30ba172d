package mime

import (
	"fmt"
	"strings"
	"testing"
)

func TestFilesWrittenIntoATextAreAttachments(t *testing.T) {
	check := func(in, want string, files ...string) {
		t.Helper()
		got, list := withoutFiles(in)
		var names []string
		for _, a := range list {
			names = append(names, fmt.Sprintf("%s %d", a.Name, a.Size))
		}
		if got != want || strings.Join(names, ",") != strings.Join(files, ",") {
			t.Errorf("withoutFiles(%q) = %q %q, want %q %q", in, got, names, want, files)
		}
	}
	const file = "#:&D*\n`\nend\n"
	check("here it is\n\nbegin 644 tide table.txt\n"+file+"\nMei\n", "here it is\n\n\nMei\n", "tide table.txt 3")
	check("begin 644 a\n"+file+"begin 0755 b\n"+file, "", "a 3", "b 3")
	check("begin 600 cut off\nM"+strings.Repeat("86%A", 15)+"\n", "", "cut off 45")
	check("x\nbegin 644 blanks lost\n#:&D*\n\nend", "x\n", "blanks lost 3")
	check("=ybegin line=128 size=123 name=crane plan.bin\nr\x93\x97\n=yend size=123\nMei", "Mei", "crane plan.bin 123")
	for _, text := range []string{
		"begin with the crane\nend", "We begin 644 of them\nend\n", "begin 644 metres from the quay and\nwalk on.\nend\n", "begin 644\nend",
		"begin 888 x\n#:&D*\nend\n", " begin 644 x\n#:&D*\nend\n", "=ybegin line=128 size=123 name=x\nnever ends", "=ybegin\n=yend \n", "begin ", "begin 644 x",
	} {
		check(text, text)
	}
	m := Read([]byte("Subject: x\n\nThe plan.\n\nbegin 644 plan.txt\r\n" + file))
	if Text(m.Body) != "The plan.\n" || len(m.Attachments) != 1 || m.Plain != "The plan.\n\n" {
		t.Errorf("body %q, plain %q, attached %v", Text(m.Body), m.Plain, m.Attachments)
	}
}
