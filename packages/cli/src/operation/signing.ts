import { ask, askUnseen, canAsk } from '../question.ts';
import { ServiceRefused } from '../service/service.errors.ts';

/** So many characters of a hash are typed by whoever signs what they were shown. */
const TYPED = 8;

/**
 * The hash that somebody signs: the one they give, or that of what they are shown now, once they typed its beginning.
 * @throws ServiceRefused `hash-missing` where nobody can be asked; `not-signed`
 */
export async function signedHash(
  given: string | undefined,
  show: () => Promise<{ readonly lines: readonly string[]; readonly sha256: string }>,
): Promise<string> {
  if (given !== undefined) return given;
  if (!canAsk()) {
    throw new ServiceRefused('hash-missing', 'Read it first (show), then give --sha256 HASH.');
  }
  const { lines, sha256 } = await show();
  process.stderr.write(`${lines.join('\n')}\n`);
  const typed = await ask(`To sign exactly this, type the first ${TYPED} characters of its SHA-256: `);
  if (typed.trim().toLowerCase() !== sha256.slice(0, TYPED)) {
    throw new ServiceRefused('not-signed', 'That is not how it begins; nothing was signed.');
  }
  return sha256;
}

/**
 * Whoever sits at a terminal says that they mean what cannot be undone; whoever wrote a script has said so.
 * @throws ServiceRefused `not-meant`
 */
export async function requireMeant(isMeant: boolean | undefined, lines: readonly string[]): Promise<void> {
  if (isMeant || !canAsk()) return;
  process.stderr.write(`${lines.join('\n')}\n`);
  if ((await ask('This cannot be undone. Type yes to do it: ')).trim().toLowerCase() === 'yes') return;
  throw new ServiceRefused('not-meant', 'Nothing was done.');
}

/**
 * What must not stay in the history of a shell: from a variable of the environment, else asked for without showing it.
 * @throws ServiceRefused `secret-missing` where nobody can be asked
 */
export async function unseen(variable: string, what: string): Promise<string> {
  const given = process.env[variable];
  if (given) return given;
  if (!canAsk()) throw new ServiceRefused('secret-missing', `Run it on a terminal, or set ${variable}.`);
  return (await askUnseen(`${what}: `)).trim();
}
