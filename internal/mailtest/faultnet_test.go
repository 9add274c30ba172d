package mailtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// through sends the alphabet through a connection with faults and gives what arrives.
func through(f Faults) (string, error) {
	client, server := newPipe("server")
	defer client.Close()
	io.WriteString(server, "abcdefghijklmnopqrstuvwxyz")
	server.Close()
	conn := f.Wrap(client)
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	got, err := io.ReadAll(conn)
	return string(got), err
}

func TestFaultsDoWhatTheySay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			faults Faults
			want   string
			err    error
		}{
			{Faults{}, "abcdefghijklmnopqrstuvwxyz", nil},
			{Faults{CutAt: 3}, "abc", nil},
			{Faults{CutAt: 26}, "abcdefghijklmnopqrstuvwxyz", nil},
			{Faults{CutAt: 3, Reset: true}, "abc", syscall.ECONNRESET},
			{Faults{StallAt: 3, CutAt: 20}, "abc", nil},
		} {
			if got, err := through(c.faults); got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%+v: got %q, %v", c.faults, got, err)
			}
		}
	})
}

func TestAStalledConnectionHonoursItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := newPipe("server")
		defer server.Close()
		io.WriteString(server, "abcdef")
		conn := Faults{StallAt: 2}.Wrap(client)
		conn.SetReadDeadline(time.Now().Add(time.Hour))
		began := time.Now()
		got, err := io.ReadAll(conn)
		if string(got) != "ab" || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Hour {
			t.Errorf("got %q, %v after %v", got, err, time.Since(began))
		}
	})
}

func TestAThrottledConnectionIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if got, err := through(Faults{Rate: 2}); len(got) != 26 || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		if took := time.Since(began); took < 13*time.Second || took > 14*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestGarbleIsTheSameForTheSameSeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, _ := through(Faults{Garble: 0.3, Seed: 7})
		second, _ := through(Faults{Garble: 0.3, Seed: 7})
		other, _ := through(Faults{Garble: 0.3, Seed: 8})
		if first != second || first == other || len(first) != 26 {
			t.Errorf("got %q, %q and %q", first, second, other)
		}
	})
}

func TestAProxyGivesEachConnectionItsFaults(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Write(bytes.Repeat([]byte("x"), 1000))
			io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	faults := []Faults{{CutAt: 10}, {CutAt: 20, Reset: true}, {CutAt: 1000}}
	proxy, err := StartProxy(listener.Addr().String(), func(n int) Faults { return faults[n] })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{10, 20, 1000} {
		conn, err := net.Dial("tcp", proxy.Addr())
		if err != nil {
			if faults[i].Reset && errors.Is(err, syscall.ECONNRESET) {
				continue // the reset came before the connection was ours
			}
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		got, err := io.ReadAll(conn)
		// A reset may overtake the bytes before it.
		if faults[i].Reset && !errors.Is(err, syscall.ECONNRESET) || !faults[i].Reset && (err != nil || len(got) != want) {
			t.Errorf("connection %d: %d bytes, %v", i, len(got), err)
		}
		conn.Close()
	}
	proxy.Close()
	if proxy.Bytes() != 1030 {
		t.Errorf("%d bytes came through", proxy.Bytes())
	}
}
