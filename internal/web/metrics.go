package web

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"daybreak/internal/team"
)

// Metrics counts what the daemon does.
type Metrics struct {
	registry *prometheus.Registry
	mails    *prometheus.CounterVec
	made     *prometheus.CounterVec
	late     *prometheus.HistogramVec
	skipped  *prometheus.CounterVec
	sent     *prometheus.CounterVec
	missed   prometheus.Counter
}

// NewMetrics makes the counters, when it is known which mailboxes there are. status is asked at each scrape for what the database knows; it may be slow or fail.
func NewMetrics(h *Health, status func(context.Context) (team.Status, error)) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "daybreak_mails_total",
			Help: "Mails that arrived since the start, by outcome."}, []string{"outcome"}),
		made: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "daybreak_made_total",
			Help: "Mails composed and put into the outbox since the start, by kind."}, []string{"kind"}),
		late: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "daybreak_made_late_seconds",
			Help: "How long after its time a mail was composed, by kind.", Buckets: []float64{1, 5, 15, 60, 300, 900, 3600, 14400, 43200}}, []string{"kind"}),
		skipped: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "daybreak_skipped_total",
			Help: "Slots passed over without a mail since the start, by kind and reason."}, []string{"kind", "reason"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "daybreak_send_attempts_total",
			Help: "Attempts to send since the start, by the state that they led to."}, []string{"state"}),
	}
	m.missed = prometheus.NewCounter(prometheus.CounterOpts{Name: "daybreak_reply_address_misses_total",
		Help: "Mails since the start to reply addresses that daybreak did not make."})
	for _, o := range team.Outcomes() { // so that each exists from the start
		m.mails.WithLabelValues(string(o))
	}
	m.registry.MustRegister(m.mails, m.made, m.late, m.skipped, m.sent, m.missed, &known{health: h, status: status},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Mail counts an arrived mail.
func (m *Metrics) Mail(mail team.Mail) {
	m.mails.WithLabelValues(string(mail.Outcome)).Inc()
	if mail.Missed {
		m.missed.Inc()
	}
}

// Made counts a composed mail and how late it was.
func (m *Metrics) Made(kind team.MailKind, late time.Duration) {
	m.made.WithLabelValues(string(kind)).Inc()
	m.late.WithLabelValues(string(kind)).Observe(late.Seconds())
}

// Skipped counts a slot that was passed over.
func (m *Metrics) Skipped(kind team.SlotKind, reason string) {
	m.skipped.WithLabelValues(string(kind), reason).Inc()
}

// Sent counts an attempt to send.
func (m *Metrics) Sent(state team.OutboxState) { m.sent.WithLabelValues(string(state)).Inc() }

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4})
}

// known gives as gauges what the database and the health know at the moment of the scrape.
type known struct {
	health *Health
	status func(context.Context) (team.Status, error)
}

const seenHelp = "When the mailbox was last looked at with success; 0 for never."

var (
	seenDesc   = prometheus.NewDesc("daybreak_mailbox_seen_timestamp_seconds", seenHelp, nil, nil)
	eachDesc   = prometheus.NewDesc("daybreak_mailbox_seen_timestamp_seconds", seenHelp, []string{"mailbox"}, nil) // of several
	outboxDesc = prometheus.NewDesc("daybreak_outbox", "Outgoing mails in the database, by state.", []string{"state"}, nil)
	storedDesc = prometheus.NewDesc("daybreak_mails_stored", "Arrived mails in the database, by outcome.", []string{"outcome"}, nil)
	nextDesc   = prometheus.NewDesc("daybreak_next_due_timestamp_seconds", "When the next prompt, reminder or digest is due, by kind.", []string{"kind"}, nil)
	sendDesc   = prometheus.NewDesc("daybreak_sending_up", "0 while nothing can be sent: the server is away, refuses the login, or takes no more for now.", nil, nil)
	quietDesc  = prometheus.NewDesc("daybreak_quiet", "Members, and whole domains, from whom nothing is heard any more though they are asked: mail to them may lie in a Junk folder.", []string{"of"}, nil)
	mailDesc   = prometheus.NewDesc("daybreak_last_mail_timestamp_seconds", "When the last mail arrived, whatever became of it; 0 for never.", nil, nil)
	digestDesc = prometheus.NewDesc("daybreak_last_digest_timestamp_seconds", "When the last digest was sent; 0 for never.", nil, nil)
	waitsDesc  = prometheus.NewDesc("daybreak_outbox_oldest_timestamp_seconds", "Since when the mail waits that should have left first; 0 for none.", nil, nil)
	checkDesc  = prometheus.NewDesc("daybreak_database_checked_timestamp_seconds", "When the whole database was last looked at for damage; 0 for never.", nil, nil)
	whatDesc   = prometheus.NewDesc("daybreak_trouble", "1 while something is the matter, by its name.", []string{"name"}, nil)
	upDesc     = prometheus.NewDesc("daybreak_database_up", "1 if the database answered this scrape.", nil, nil)
)

func (k *known) Describe(ch chan<- *prometheus.Desc) {
	seen := seenDesc
	if len(k.health.Mailboxes) > 1 {
		seen = eachDesc
	}
	for _, d := range []*prometheus.Desc{seen, sendDesc, outboxDesc, storedDesc, nextDesc, quietDesc, mailDesc, digestDesc, waitsDesc, checkDesc, whatDesc, upDesc} {
		ch <- d
	}
}

func (k *known) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, m := range k.health.Mailboxes {
		seen := 0.0
		if at := m.SeenAt(); !at.IsZero() {
			seen = float64(at.UnixMilli()) / 1000
		}
		if len(k.health.Mailboxes) > 1 {
			gauge(eachDesc, seen, m.Name)
		} else {
			gauge(seenDesc, seen)
		}
	}
	sending := 1.0
	if k.health.sending() != nil {
		sending = 0
	}
	gauge(sendDesc, sending)
	present := map[team.TroubleKind]float64{}
	for _, t := range k.health.troubles() {
		present[t.Kind] = 1
	}
	for _, kind := range team.Troubles() { // so that each exists from the start
		gauge(whatDesc, present[kind], string(kind))
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingLimit)
	defer cancel()
	s, err := k.status(ctx)
	if err != nil {
		gauge(upDesc, 0)
		return
	}
	gauge(upDesc, 1)
	for d, at := range map[*prometheus.Desc]time.Time{mailDesc: s.Vitals.MailAt, digestDesc: s.Vitals.DigestAt, waitsDesc: s.Vitals.WaitsAt, checkDesc: s.Vitals.CheckedAt} {
		if at.IsZero() {
			gauge(d, 0)
		} else {
			gauge(d, float64(at.UnixMilli())/1000)
		}
	}
	for state, n := range s.Outbox {
		gauge(outboxDesc, float64(n), string(state))
	}
	for outcome, n := range s.Outcomes {
		gauge(storedDesc, float64(n), string(outcome))
	}
	quiet := map[string]int{"member": 0, "domain": 0}
	for _, q := range s.Quiet {
		if q.Address == "" {
			quiet["domain"]++
		} else {
			quiet["member"]++
		}
	}
	for of, n := range quiet {
		gauge(quietDesc, float64(n), of)
	}
	next := map[team.SlotKind]time.Time{}
	for _, u := range s.Upcoming {
		if at, ok := next[u.Slot.Kind]; !ok || u.Slot.At.Before(at) {
			next[u.Slot.Kind] = u.Slot.At
		}
	}
	for kind, at := range next {
		gauge(nextDesc, float64(at.Unix()), string(kind))
	}
}
