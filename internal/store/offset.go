package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

// sameTrip is by how many seconds two offsets may differ without being two moves: clocks change there too.
const sameTrip = 60 * 60

// mailsElsewhere is after how many mails in a row that are dated in one and the same other offset a member is asked whether they moved.
const mailsElsewhere = 3

// watchZone counts the mails of a member that are dated in another offset than their zone has, and gives the question whether they moved once
// there are enough: once for each place, and not instead of an answer that says more than that all is well. Many programs date in UTC
// whatever the zone: that counts only for those whose earlier mails told their zone.
func watchZone(ctx context.Context, tx *sql.Conn, m *team.Mail) (*team.NewAnswer, error) {
	own := m.Outcome == team.Stored && (m.Update == nil || !m.Update.Archive) || m.Outcome == team.Command || m.Outcome == team.Empty
	if m.MemberID == 0 || m.Elsewhere == nil || !own {
		return nil, nil
	}
	_, offset := m.Date.Zone()
	if !*m.Elsewhere {
		return nil, exec(ctx, tx, `
			UPDATE member SET other_mails = 0, tells_zone = CASE WHEN ?2 <> 0 THEN 1 ELSE tells_zone END
			WHERE id = ?1 AND (other_mails <> 0 OR ?2 <> 0 AND tells_zone = 0)`, m.MemberID, offset)
	}
	due, _, err := one(ctx, tx, scanInt, `
		UPDATE member SET other_mails = CASE WHEN other_offset = ?2 THEN other_mails + 1 ELSE 1 END, other_offset = ?2
		WHERE id = ?1 AND (?2 <> 0 OR tells_zone = 1)
		RETURNING CASE WHEN other_mails >= ?3 AND NOT EXISTS (
			SELECT 1 FROM asked_zone z WHERE z.member_id = ?1 AND ABS(z.zone_offset - ?2) <= ?4) THEN 1 ELSE 0 END`,
		m.MemberID, offset, mailsElsewhere, sameTrip)
	if err != nil || due == 0 || m.Answer != nil && m.Answer.Kind != team.AnswerUnderstood {
		return nil, err
	}
	ask := &team.NewAnswer{MemberID: m.MemberID, Kind: team.AnswerMoved, Offset: offset}
	return ask, exec(ctx, tx, `INSERT INTO asked_zone (member_id, zone_offset) VALUES (?1, ?2)`, m.MemberID, offset)
}

// forgetOffsets begins anew with a member whose zone was set: they may be asked again.
func forgetOffsets(ctx context.Context, tx *sql.Conn, member int64) error {
	if err := exec(ctx, tx, `UPDATE member SET other_mails = 0 WHERE id = ?1`, member); err != nil {
		return err
	}
	return exec(ctx, tx, `DELETE FROM asked_zone WHERE member_id = ?1`, member)
}
