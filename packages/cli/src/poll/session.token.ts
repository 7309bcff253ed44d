import { PollRefused } from './poll.errors.ts';

/**
 * The token of somebody's session, from the environment.
 * @throws PollRefused `token-missing`
 */
export async function sessionToken(variable = 'TALKOOT_TOKEN', where = 'at identity'): Promise<string> {
  const token = process.env[variable];
  if (token) return token;
  throw new PollRefused('token-missing', `Set ${variable} to the token of your session (sign in ${where}).`);
}
