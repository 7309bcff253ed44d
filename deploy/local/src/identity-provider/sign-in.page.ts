/** The sign-in form. `refusal` says why the last attempt failed. */
export function signInPage(uid: string, refusal?: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in – local identity provider</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem }
  label { display: block; margin-top: 1rem }
  input, button { font: inherit; width: 100%; padding: .5rem; box-sizing: border-box }
  button { margin-top: 1.5rem }
  [role=alert] { color: #a00 }
</style>
<h1>Sign in</h1>
<p>This is the identity provider of a local stack. Any user name is an account.</p>
${refusal ? `<p role="alert">${refusal}</p>` : ''}
<form method="post" action="/sign-in/${encodeURIComponent(uid)}">
  <label for="username">User name</label>
  <input id="username" name="username" required maxlength="64" pattern="[A-Za-z0-9._@\\-]+" autocomplete="username" autofocus>
  <label for="password">Password of the local stack</label>
  <input id="password" name="password" type="password" required autocomplete="current-password">
  <button>Sign in</button>
</form>
</html>
`;
}
