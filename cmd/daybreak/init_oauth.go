package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"daybreak/internal/config"
)

// howToRegister says what a person must have done before tokens can be had.
var howToRegister = map[string]string{
	"microsoft": `daybreak logs in as an application of yours:
  1. https://entra.microsoft.com → App registrations → New registration
  2. Authentication → Allow public client flows: yes
  3. API permissions → Microsoft Graph, delegated: IMAP.AccessAsUser.All, SMTP.Send, offline_access
`,
}

// authorize gets a refresh token by a device code: the person signs in with a browser on any machine (RFC 8628).
func (i *initializer) authorize(ctx context.Context, provider string) error {
	i.draft.OAuth = &config.DraftOAuth{Provider: provider, RefreshTokenFile: "refresh.token"}
	if err := i.refuseToOverwrite(i.secretPath()); err != nil {
		return err
	}
	fmt.Fprint(i.app.Out, howToRegister[provider])
	ask := func(flag, prompt, otherwise string, into *string) error {
		if *into = flag; flag != "" {
			return nil
		}
		text, err := i.ask.line(ctx, prompt)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		*into = cmp.Or(text, otherwise)
		return nil
	}
	if err := ask(i.clientID, "Application (client) ID: ", "", &i.draft.OAuth.ClientID); err != nil {
		return err
	}
	if i.draft.OAuth.ClientID == "" {
		return withHint(errors.New("no application ID"), "daybreak init --client-id ID --tenant ID")
	}
	if err := ask(i.tenant, "Directory (tenant) ID, or Enter for any: ", "common", &i.draft.OAuth.Tenant); err != nil {
		return err
	}
	client, ok := i.oauthClient()
	if !ok || client.Endpoint.DeviceAuthURL == "" {
		return withHint(fmt.Errorf("%s gives no tokens by a device code", provider), "daybreak init --sample   # write it by hand")
	}
	code, err := client.DeviceAuth(ctx)
	if err != nil {
		return i.refusedToken("asking for a code", err)
	}
	fmt.Fprintf(i.app.Out, "open %s in a browser, sign in as %s and type the code %s\n", code.VerificationURI, i.draft.IMAPUser, code.UserCode)
	token, err := client.DeviceAccessToken(ctx, code)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return i.refusedToken("waiting for the sign-in", err)
	}
	if token.RefreshToken == "" {
		return withHint(errors.New("the provider gave no refresh token"), "add the permission offline_access to the application")
	}
	i.secret, i.accessToken = token.RefreshToken, token.AccessToken
	fmt.Fprintln(i.app.Out, "signed in")
	return nil
}

// oauthClient is the application with the scopes of both servers.
func (i *initializer) oauthClient() (oauth2.Config, bool) {
	preset, ok := i.preset(i.draft.OAuth.Provider)
	scopes := slices.Clone(preset.IMAPScopes)
	for _, s := range preset.SMTPScopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	forTenant := func(address string) string {
		return strings.ReplaceAll(address, "TENANT", url.PathEscape(cmp.Or(i.draft.OAuth.Tenant, "common")))
	}
	return oauth2.Config{ClientID: i.draft.OAuth.ClientID, Scopes: scopes, Endpoint: oauth2.Endpoint{
		DeviceAuthURL: forTenant(preset.DeviceURL), TokenURL: forTenant(preset.TokenURL), AuthStyle: oauth2.AuthStyleInParams}}, ok
}

// refusedToken puts the provider's answer into words, without the rest of it.
func (i *initializer) refusedToken(act string, err error) error {
	if answer := (*oauth2.RetrieveError)(nil); errors.As(err, &answer) && answer.ErrorCode != "" {
		err = fmt.Errorf("%s: %s", answer.ErrorCode, strings.TrimSpace(answer.ErrorDescription))
	}
	return withHint(fmt.Errorf("%s: %w", act, err), "check the application's ID, its tenant and that public client flows are allowed")
}
