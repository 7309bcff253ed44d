import { z } from 'zod';

/** The environment does not say what the process needs. `code` is `config-invalid`; values are never shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config-invalid';
}

const Url = z.url();
const MongoUrl = z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb://');
const Address = z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port');

/** What every process may need; a service takes all of it, or `.pick()`s, and `.extend()`s it with its own. */
export const ServiceConfigShape = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  /** Interface to listen on; 0.0.0.0 in a container. */
  LISTEN_HOST: z.string().default('127.0.0.1'),
  /** Address under which others reach this service; its own port on this machine unless said. */
  PUBLIC_URL: Url.optional(),
  MONGODB_URL: MongoUrl,
  KAFKA_BROKERS: z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(Address).min(1)),
  TEMPORAL_ADDRESS: Address,
  TEMPORAL_NAMESPACE: z.string().default('default'),
  IDENTITY_URL: Url,
  /** The independent auditor's issuer of certificates. */
  AUDITOR_URL: Url,
  BALLOTS_URL: Url,
  PROJECTS_URL: Url,
  PAYMENTS_URL: Url,
  SERVICE_KEY_FILE: z.string().min(1),
  SERVICE_KEYS_DIR: z.string().min(1),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type ServiceConfig = z.infer<typeof ServiceConfigShape>;

/**
 * The environment as typed values. An empty variable counts as missing.
 * @throws ConfigError naming every variable that is missing or malformed.
 */
export function readConfig<S extends z.ZodObject>(
  shape: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const given = Object.keys(shape.shape).map((name) => [name, environment[name] || undefined]);
  const parsed = shape.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(
    `config-invalid: the environment does not configure this process\n${lines.join('\n')}`,
  );
}
