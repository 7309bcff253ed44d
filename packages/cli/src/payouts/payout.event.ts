import { Ajv, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';

// The package is CommonJS; its default export is one level deeper than its types say.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;

/** What every event about a payout tells a finance system. */
export interface PayoutEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly municipalityid: string;
  readonly data: {
    readonly obligationId: string;
    readonly projectId: string;
    readonly payeeId: string;
    readonly payeeRole: string;
    readonly amount: { readonly amount: number; readonly currency: string };
    readonly fiscalYear: number;
    readonly costCentre: string;
    readonly account: string;
    readonly vatCode: string;
    readonly batchId?: string;
    readonly endToEndId?: string;
    readonly reasonCode?: string;
  };
}

/** What a message on the topic turned out to be. */
export type PayoutMessage =
  | { readonly kind: 'payout'; readonly event: PayoutEvent }
  /** Something else that is told on the same topic: funds, batches, and versions newer than this program. */
  | { readonly kind: 'other' }
  | { readonly kind: 'invalid'; readonly why: string };

/** Reads messages by the committed JSON Schemas of the payout events, as a program in any language could. */
export function payoutReader(): (value: Buffer | null) => PayoutMessage {
  const validators = committedSchemas();
  return (value) => {
    let message: { type?: unknown; id?: unknown };
    try {
      message = Object(JSON.parse(value?.toString('utf8') ?? '')) as typeof message;
    } catch {
      return { kind: 'invalid', why: 'not JSON' };
    }
    if (typeof message.type !== 'string' || typeof message.id !== 'string') {
      return { kind: 'invalid', why: 'not a CloudEvent' };
    }
    const validate = validators.get(message.type);
    if (!validate) return { kind: 'other' };
    const valid: boolean = validate(message);
    if (valid) return { kind: 'payout', event: message as PayoutEvent };
    // Where and which rule; never the value, which may be anything.
    const faults = validate.errors?.map(({ instancePath, keyword }) => `${instancePath || '/'} ${keyword}`);
    return { kind: 'invalid', why: `breaks ${message.type}: ${faults?.join(', ')}` };
  };
}

function committedSchemas(): Map<string, ValidateFunction> {
  const due = 'org.talkoot.payout.due.v1.json';
  const folder = new URL('.', import.meta.resolve(`@talkoot/event-contracts/schemas/${due}`));
  const ajv = new Ajv({ strict: true, allErrors: true });
  addFormats(ajv);
  const files = readdirSync(folder).filter((name) => name.startsWith('org.talkoot.payout.'));
  return new Map(
    files.map((name) => {
      const schema = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as object;
      return [name.slice(0, -'.json'.length), ajv.compile(schema)];
    }),
  );
}
