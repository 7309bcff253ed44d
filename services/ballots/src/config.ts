import { readConfig, ServiceConfigShape } from '@talkoot/http-service';
import type { ServiceConfig } from '@talkoot/http-service';

export type BallotsConfig = ServiceConfig;

/** @throws ConfigError */
export function ballotsConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(ServiceConfigShape, environment);
}
