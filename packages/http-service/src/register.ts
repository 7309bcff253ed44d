/**
 * Preload of every process: `node --import @talkoot/http-service/register src/main.ts`.
 *
 * An ES module is linked before any of it runs, so what is to be instrumented must be hooked before `main.ts` is
 * even resolved. Only the packages named here pass through the hook.
 */
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startTelemetry } from './telemetry.ts';

register({ include: ['express', 'kafkajs', 'mongodb', 'http', 'https', 'node:http', 'node:https'] });
startTelemetry({ service: process.env['OTEL_SERVICE_NAME'] ?? nameOfMain(process.argv[1]) });

/** The name of the package whose main file is run, without scope and without `-service`. */
function nameOfMain(main: string | undefined): string {
  for (let folder = dirname(main ?? ''); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string };
      if (name) return name.replace(/^@[^/]+\//, '').replace(/-service$/, '');
    } catch {
      // No package here: look further up.
    }
  }
  return 'unknown';
}
