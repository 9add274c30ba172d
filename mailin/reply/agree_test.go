package reply

import "testing"

func TestOnlyAYesAgrees(t *testing.T) {
	for _, yes := range []string{"Yes", "ok!", "OK, thanks", "Yes, that's right. Thanks!", "👍", "passt so, danke", "oui, c'est bon", "はい、大丈夫です。", "Да, всё верно", "sí, correcto. Gracias", "是的,谢谢", "Thanks!"} {
		if !Agrees(yes) {
			t.Errorf("%q does not agree", yes)
		}
	}
	for _, no := range []string{"", "No", "Yes, but the crane page is not done", "ok so the crane page is done", "Fixed the right pane", "1 done", "Thanks to Kofi the quay list is right", "-"} {
		if Agrees(no) {
			t.Errorf("%q agrees", no)
		}
	}
}
