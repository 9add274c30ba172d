package mailin

import "context"

// isOfAnother tells whether another daybreak wrote the mail, in its own name.
func (r *Reader) isOfAnother(v *Verdict) bool {
	by := mark(v.Message)
	return by != "" && by == v.Mail.From && by != r.Address
}

// another notes that a member's main address is that of another daybreak. That stops what is sent there, so it has to be as sure as what
// a mail of theirs says that answers nothing; it ends with the next mail of theirs.
func (r *Reader) another(ctx context.Context, v *Verdict) (done bool, err error) {
	if !r.isOfAnother(v) {
		return false, nil
	}
	person, _, err := r.behind(ctx, v)
	if err != nil || person == nil || person.Address() != v.Mail.From {
		return true, err
	}
	v.Person = person
	if !r.vouched(ctx, v, *person, known{}) {
		return true, nil
	}
	v.Mail.MemberID, v.Mail.Daybreak = person.ID, true
	v.Mail.Reason += ", to which a member's mail goes: nothing more is sent there"
	return true, nil
}
