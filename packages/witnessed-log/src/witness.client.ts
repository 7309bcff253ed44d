import { createClient } from '@talkoot/api-contracts';
import { witnessApi } from '@talkoot/api-contracts/witness';
import {
  addCosignatures,
  cosignedAt,
  emptyRoot,
  encodeWitnessRequest,
  isSignedBy,
  parseCheckpoint,
  parseSignatures,
} from '@talkoot/ballot-protocol';
import type { NoteKey, NoteSignature, SignedCheckpoint, TreeHead } from '@talkoot/ballot-protocol';
import { verifySignature as verify } from '@talkoot/ballot-protocol/node';
import { boundedText } from './bounded.answer.ts';

/** Where a witness is, and the key by which the manifest names it. */
export interface WitnessAddress {
  /** Name of its key. */
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Base URL of its API. */
  readonly url: string;
}

/** What came of asking a witness to cosign; `from`: it wants the proof to start from this size. */
export type Cosigning =
  | { readonly outcome: 'cosigned'; readonly line: NoteSignature }
  | { readonly outcome: 'from'; readonly size: number };

/**
 * Speaks to one witness about one log. What it answers is verified; what one `begin()` asks takes no longer than the
 * deadline in all.
 */
export function witnessClient(witness: WitnessAddress, log: NoteKey, deadlineMs: number) {
  const client = createClient(witnessApi, { baseUrl: witness.url.replace(/\/+$/, '') });

  function begin() {
    const end = performance.now() + deadlineMs;
    const deadline = () => ({ deadlineMs: Math.max(1, Math.round(end - performance.now())) });
    return {
      /** @throws when it is silent, refuses, or answers what is no cosignature of it */
      async cosign(
        checkpoint: SignedCheckpoint,
        oldSize: number,
        proof: readonly Uint8Array[],
      ): Promise<Cosigning> {
        const body = new TextDecoder().decode(encodeWitnessRequest({ oldSize, proof, checkpoint }));
        const response = await client.raw('addCheckpoint', { body, ...deadline() });
        const text = await boundedText(response);
        if (response.status === 409) return { outcome: 'from', size: sizeIn(response, text) };
        requireOk(response, text);
        return { outcome: 'cosigned', line: lineIn(checkpoint, text) };
      },

      /**
       * What it last cosigned of the log: the empty tree if nothing.
       * @throws when it is silent, refuses, or shows a tree that it and the log have not signed
       */
      async last(): Promise<TreeHead> {
        const response = await client.raw('getTreeHead', { query: { origin: log.name }, ...deadline() });
        const text = await boundedText(response);
        requireOk(response, text);
        const { size, root, note } = witnessApi.routes.getTreeHead.answer.parse(JSON.parse(text));
        if (size === 0) return { size, root: emptyRoot() };
        return shownIn(note ?? '', { size, root: Buffer.from(root, 'hex') });
      },
    };
  }

  function lineIn(checkpoint: SignedCheckpoint, text: string): NoteSignature {
    const unsigned = { ...checkpoint, note: { ...checkpoint.note, signatures: [] } };
    const { note } = addCosignatures(unsigned, parseSignatures(text), { witnesses: [witness], verify });
    const [line] = note.signatures;
    if (!line) throw new Error('it answered no line of its key');
    return line;
  }

  function shownIn(text: string, said: TreeHead): TreeHead {
    const { origin, size, root, note } = parseCheckpoint(Buffer.from(text));
    const isSame = origin === log.name && size === said.size && Buffer.compare(root, said.root) === 0;
    if (!isSame) throw new Error('its note says something else than its answer');
    if (!isSignedBy(note, log, verify)) throw new Error('it shows a note that the log did not sign');
    if (cosignedAt(note, witness, verify) === undefined) throw new Error('it shows a note without its line');
    return { size, root };
  }

  return { witness, begin };
}
export type WitnessClient = ReturnType<typeof witnessClient>;

/** C2SP has the size as the whole text; this project's witness says it as the detail of its problem. */
function sizeIn(response: Response, text: string): number {
  const isPlain = response.headers.get('content-type')?.startsWith('text/x.tlog.size') === true;
  const said = isPlain ? text.trimEnd() : (JSON.parse(text) as { detail?: unknown }).detail;
  const size = typeof said === 'string' && /^(0|[1-9]\d{0,15})$/.test(said) ? Number(said) : NaN;
  if (!Number.isSafeInteger(size)) throw new Error('it does not say which size it cosigned');
  return size;
}

function requireOk({ status }: Response, text: string): void {
  if (status !== 200) throw new Error(`it answered ${status}: ${text.slice(0, 200)}`);
}
