package mailin

import (
	"cmp"
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Fullness is how much of what the first folder may hold is in it, by bytes or by mails: from 1 on new mail is refused. It is 0 if the server sets
// no limit or does not tell (RFC 9208).
func (s *Session) Fullness(ctx context.Context) (full float64, err error) {
	if !s.caps.Has(imap.CapQuota) {
		return 0, nil
	}
	var quotas []imapclient.QuotaData
	err = s.do(ctx, forCommand(), func() (err error) {
		quotas, err = s.client.GetQuotaRoot(cmp.Or(s.mailbox.Folder, "INBOX")).Wait()
		return err
	})
	if isAnswer(err) {
		return 0, nil // it does not tell us
	}
	if err != nil {
		return 0, fmt.Errorf("asking how full the mailbox is: %w", err)
	}
	for _, q := range quotas {
		for _, r := range q.Resources {
			if r.Limit > 0 {
				full = max(full, float64(r.Usage)/float64(r.Limit))
			}
		}
	}
	return full, nil
}
