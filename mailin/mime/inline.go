package mime

import (
	"strconv"
	"strings"
)

// withoutFiles takes the files out of a text that old programs write into it: uuencoded between "begin 644 name" and "end",
// and yEnc. Their size is told, they are not decoded. Lines that only look like the beginning of one stay.
func withoutFiles(text string) (rest string, files []Attachment) {
	if !strings.Contains(text, "begin ") {
		return text, nil
	}
	var b strings.Builder
	kept, last := 0, strings.LastIndex(text, "\n=yend ")
	for at := 0; at < len(text) && len(files) < MaxParts; {
		line, next := cutLine(text, at)
		var a Attachment
		end, ok := 0, false
		switch {
		case strings.HasPrefix(line, "begin "):
			a, end, ok = uuFile(text, line, next)
		case strings.HasPrefix(line, "=ybegin ") && next <= last:
			a, end, ok = yencFile(text, line, next)
		}
		if ok {
			b.WriteString(text[kept:at])
			files = append(files, a)
			at, kept = end, end
			continue
		}
		// On to the next line that may be one.
		i := strings.Index(text[next:], "begin ")
		if i < 0 {
			break
		}
		at = max(next, strings.LastIndexByte(text[:next+i], '\n')+1)
	}
	if files == nil {
		return text, nil
	}
	b.WriteString(text[kept:])
	return b.String(), files
}

// uuFile measures the uuencoded file whose first line begins it and returns where the text after it begins. One that is cut
// off at the end of the text is a file too.
func uuFile(text, line string, at int) (a Attachment, end int, ok bool) {
	mode, name, _ := strings.Cut(line[len("begin "):], " ")
	if len(mode) < 3 || len(mode) > 4 || strings.Trim(mode, "01234567") != "" || strings.TrimSpace(name) == "" {
		return a, 0, false
	}
	a = Attachment{Name: withoutBidi(strings.TrimSpace(name)), Type: "application/octet-stream"}
	for at < len(text) {
		var line string
		line, at = cutLine(text, at)
		if line == "end" {
			return a, at, true
		}
		n, fits := uuLine(line)
		if !fits {
			return a, 0, false
		}
		a.Size += int64(n)
	}
	return a, at, a.Size > 0
}

// uuLine says how many bytes a line of a uuencoded file stands for. Blanks at its end may have been lost.
func uuLine(line string) (size int, ok bool) {
	if line = strings.TrimRight(line, " "); line == "" || line == "`" {
		return 0, true
	}
	for i := 0; i < len(line); i++ {
		if line[i] < ' ' || line[i] > '`' {
			return 0, false
		}
	}
	size = int(line[0]-' ') & 63
	whole := (size + 2) / 3 * 4
	return size, len(line)-1 <= whole+2 && len(line)-1 >= whole/4
}

// yencFile measures a yEnc file by what its first line says of it.
func yencFile(text, line string, at int) (a Attachment, end int, ok bool) {
	size, name, _ := strings.Cut(line, " name=")
	_, size, _ = strings.Cut(size, " size=")
	size, _, _ = strings.Cut(size, " ")
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || name == "" {
		return a, 0, false
	}
	end = strings.Index(text[at:], "\n=yend ")
	if end < 0 {
		return a, 0, false
	}
	_, end = cutLine(text, at+end+1)
	return Attachment{Name: withoutBidi(strings.TrimSpace(name)), Type: "application/octet-stream", Size: n}, end, true
}
