package drill

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"strings"
	"sync"
	"time"

	"daybreak/internal/mailtest"
)

// Crowd are the people of some teams, who answer what they get, and others who write to them.
type Crowd struct {
	Address string    // of the program
	Roster  string    // a team file
	Seen    *Evidence // of what they have written and got

	people    map[string]person // by address
	addresses []string

	mu      sync.Mutex
	random  *rand.Rand
	replies []reply // that people will write
	words   int
	trouble error // the first that came up while nobody could be told
}

// person is a member, by what a team file says of them.
type person struct {
	name, address, team string
	zone                string
	client              mailtest.Client
}

// reply is what somebody will write to a prompt that they have got.
type reply struct {
	from   person
	prompt []byte
}

func zones() []string {
	return []string{
		"Pacific/Auckland", "Australia/Sydney", "Australia/Adelaide", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok", "Asia/Yangon", "Asia/Dhaka",
		"Asia/Kathmandu", "Asia/Kolkata", "Asia/Karachi", "Asia/Kabul", "Asia/Dubai", "Asia/Tehran", "Africa/Nairobi", "Europe/Athens",
		"Europe/Paris", "Europe/London", "Atlantic/Azores", "America/Sao_Paulo", "America/St_Johns", "America/New_York", "America/Chicago",
		"America/Denver", "America/Los_Angeles",
	}
}

const teamOf = 5 // people

// NewCrowd are so many teams of five people in 25 zones. The same seed makes the same crowd.
func NewCrowd(address string, seed uint64, teams int) *Crowd {
	c := &Crowd{Address: address, people: map[string]person{}, random: rand.New(rand.NewPCG(seed, 0))}
	clients, all := mailtest.Clients(), zones()
	var roster strings.Builder
	byTeam, asked := map[string]string{}, map[string]asking{}
	for t := range teams {
		team := fmt.Sprintf("t%d", t)
		fmt.Fprintf(&roster, "[[team]]\nslug = %q\nname = \"Team %d\"\nworking_days = \"mon-sun\"\nworking_hours = \"06:00-23:30\"\n", team, t)
		if t%2 == 0 {
			roster.WriteString("receipts = \"always\"\n")
		}
		for m := range teamOf {
			n := t*teamOf + m
			p := person{name: fmt.Sprintf("Person%c%c %s", 'a'+n/26%26, 'a'+n%26, "Example"), address: fmt.Sprintf("person%d@example.com", n),
				team: team, zone: all[n%len(all)], client: clients[c.random.IntN(len(clients))]}
			c.people[p.address], byTeam[p.address] = p, team
			c.addresses = append(c.addresses, p.address)
			when := asking{p.zone, 14 + c.random.IntN(4), c.random.IntN(60)}
			asked[p.address] = when
			fmt.Fprintf(&roster, "[[team.member]]\nname = %q\naddresses = [%q]\nzone = %q\nprompt = \"%02d:%02d\"\ndigest = \"%02d:%02d\"\n",
				p.name, p.address, p.zone, when.hour, when.minute, 7+c.random.IntN(4), c.random.IntN(60))
		}
	}
	c.Roster, c.Seen = roster.String(), NewEvidence(byTeam)
	c.Seen.asked = asked
	return c
}

// fail keeps the first trouble.
func (c *Crowd) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trouble == nil {
		c.trouble = err
	}
}

// Failed is the first trouble of the drill itself, nil if there is none.
func (c *Crowd) Failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trouble
}

// Took is told of each mail that SMTP has accepted. Who gets a prompt will answer it.
func (c *Crowd) Took(from, to string, raw []byte) {
	a, m, err := read(from, to, raw)
	if err != nil {
		c.fail(err)
		return
	}
	c.Seen.Accept(a)
	subject := m.Header.Get("Subject")
	p, ok := c.people[a.To]
	if ok && strings.HasSuffix(subject, "?") && a.InReplyTo == "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.replies = append(c.replies, reply{p, bytes.Clone(raw)})
	}
}

// Arrival is a mail on its way to the mailbox.
type Arrival struct {
	Raw  []byte
	Held Held
}

// Write makes what people write now: the answers to their prompts, some orders, some mail of strangers, some copies.
func (c *Crowd) Write(now time.Time) ([]Arrival, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Arrival
	add := func(raw []byte, h Held) error {
		a, err := c.arrival(raw, h, now)
		if err != nil {
			return err
		}
		all = append(all, a)
		if h.Kind == Update && c.random.IntN(20) == 0 {
			all = append(all, a)
		}
		return nil
	}
	for _, r := range c.replies {
		text := fmt.Sprintf("drill%06d", c.words)
		c.words++
		at := mailtest.Identity{Name: r.from.name, Address: r.from.address}
		raw, err := r.from.client.Reply(r.prompt, at, c.local(r.from, now), mailtest.Answer{Text: "Done: " + text + " is through its reviec."})
		if err != nil {
			return nil, fmt.Errorf("replying for %s: %w", r.from.address, err)
		}
		if err := add(raw, Held{From: r.from.address, Kind: Update, Word: text}); err != nil {
			return nil, err
		}
	}
	c.replies = nil
	for range c.random.IntN(3) {
		if err := add(c.order([]string{"settings", "digest now", "help"}[c.random.IntN(3)], now)); err != nil {
			return nil, err
		}
	}
	if c.random.IntN(4) == 0 {
		client := mailtest.Clients()[0]
		from := fmt.Sprintf("stranger%d@example.org", c.random.IntN(1000))
		raw := client.Compose(mailtest.Identity{Name: "A Stranger", Address: from}, c.Address, "Offer", fmt.Sprintf("Buy %d of them.", c.random.Int()), now)
		if err := add(raw, Held{From: from, Kind: Foreign}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// order is one of somebody.
func (c *Crowd) order(words string, now time.Time) ([]byte, Held) {
	p := c.people[c.addresses[c.random.IntN(len(c.addresses))]]
	raw := p.client.Compose(mailtest.Identity{Name: p.name, Address: p.address}, c.Address, words, words, c.local(p, now))
	return raw, Held{From: p.address, Kind: Order}
}

// arrival is what somebody wrote as it comes to the mailbox.
func (c *Crowd) arrival(raw []byte, h Held, now time.Time) (Arrival, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Arrival{}, fmt.Errorf("reading what %s wrote: %w", h.From, err)
	}
	h.MessageID = bare(m.Header.Get("Message-ID"))
	to := c.Address
	if list, err := m.Header.AddressList("To"); err == nil && len(list) == 1 {
		to = list[0].Address
	}
	return Arrival{mailtest.Transit(raw, now, to), h}, nil
}

func (c *Crowd) local(p person, t time.Time) time.Time {
	loc, err := time.LoadLocation(p.zone)
	if err != nil {
		return t
	}
	return t.In(loc)
}
