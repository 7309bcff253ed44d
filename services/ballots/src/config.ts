import { readConfig, ServiceConfigShape } from '@talkoot/http-service';

/** @throws ConfigError */
export function ballotsConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(ServiceConfigShape, environment);
}
