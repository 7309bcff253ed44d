import type { IssuerName } from '@talkoot/api-contracts/identity';
import { issuanceFirstLeaf, leafHash, nextIssuanceBatch } from '@talkoot/ballot-protocol';
import type { SignedCheckpoint } from '@talkoot/ballot-protocol';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { LogError, witnessedLog } from '@talkoot/witnessed-log';
import type { LogStore, WitnessedLog, WitnessedLogOptions } from '@talkoot/witnessed-log';
import type { Connection } from 'mongoose';
import type { Roll, RollStore } from '../roll/roll.store.ts';
import type { KnownWitness, ManifestBinding } from './issuance.ts';
import type { IssuanceStore } from './issuance.store.ts';

export interface IssuanceLogParts {
  readonly connection: Connection;
  readonly name: IssuerName;
  /** Seed of the Ed25519 key that signs the logs. */
  readonly logKey: Uint8Array;
  readonly witnesses: readonly KnownWitness[];
  readonly logs: LogStore;
  readonly rolls: RollStore;
  readonly issuances: IssuanceStore;
  /** Of all logs of issued certificates. */
  readonly logOptions?: WitnessedLogOptions;
}

/** Polls whose log a process keeps at hand. */
const mostAtHand = 200;

interface LogAtHand {
  readonly log: WitnessedLog;
  /** Whether this process saw a checkpoint after whatever it appended. */
  isWitnessed: boolean;
}

/** One process takes turns at the log of a poll: who comes meanwhile asks for another turn. */
interface Turn {
  again: boolean;
  over: Promise<void>;
}

/** The witnessed logs of what certificates were issued for. Log and record are written together or not at all. */
export function issuanceLogs(parts: IssuanceLogParts) {
  const { connection, name, rolls, issuances } = parts;
  const atHand = new Map<string, LogAtHand>();
  const turns = new Map<string, Turn>();

  function logOf({ pollId, binding }: Roll): LogAtHand {
    if (!binding) throw new DomainError('certificates-not-open');
    const found = atHand.get(pollId) ?? { log: newLog(parts, binding), isWitnessed: false };
    if (!atHand.has(pollId) && atHand.size >= mostAtHand) atHand.delete(atHand.keys().next().value!);
    atHand.set(pollId, found);
    return found;
  }

  /** Has the present end of the log witnessed. */
  async function witness(roll: Roll): Promise<SignedCheckpoint> {
    const kept = logOf(roll);
    const checkpoint = await kept.log.checkpoint();
    kept.isWitnessed = true;
    return checkpoint;
  }

  /** @returns whether there may be more to append */
  async function appendBatch(roll: Roll, closing: boolean): Promise<boolean> {
    const { pollId, binding } = roll;
    const kept = logOf(roll);
    // A log that lost something must not grow on: nothing but a better backup brings it back.
    await kept.log.requireCurrent(closing ? 'afresh' : undefined);
    // A batch is sorted in itself: before the next one its end needs a checkpoint, even if a process died in between.
    const { size } = await witness(roll);
    kept.isWitnessed = false;
    const appended = await inTransaction(connection, async (session) => {
      const batch = nextIssuanceBatch({
        pending: await issuances.waiting(pollId, session),
        // What is logged waits no more: one transaction writes both.
        isLogged: () => false,
        batchSize: binding!.batchSize,
        closing,
      });
      const total = size - 1 + batch.length;
      if (batch.length === 0 || !(await rolls.countLogged(pollId, total, session))) return false;
      await kept.log.append(size, batch.map(leafHash), session);
      await issuances.markLogged(pollId, size, batch, session);
      return true;
    }).catch(rivalAppended);
    await witness(roll);
    return appended;
  }

  async function keepUp(roll: Roll, turn: Turn): Promise<void> {
    try {
      while (turn.again) {
        turn.again = false;
        const { pollId, binding } = roll;
        // After a failure the last batch may still lack its checkpoint.
        if (!logOf(roll).isWitnessed) await witness(roll);
        while (await issuances.waitAtLeast(pollId, binding!.batchSize)) await appendBatch(roll, false);
      }
    } finally {
      turns.delete(roll.pollId);
    }
  }

  return {
    /**
     * Binds a poll to its manifest, begins its log under a witnessed checkpoint and lets certificates be issued.
     * @throws DomainError `manifest-foreign` if it is bound to another, `certificates-closed` if it was closed without
     * one, `log-not-current`
     */
    async begin(pollId: string, binding: ManifestBinding): Promise<void> {
      const log = newLog(parts, binding);
      const firstLeaf = issuanceFirstLeaf(Buffer.from(binding.m, 'hex'), name);
      await inTransaction(connection, async (session) => {
        if (!(await rolls.bind(pollId, binding, session))) return;
        await log.append(0, [leafHash(firstLeaf)], session);
      });
      const bound = (await rolls.find(pollId))!;
      if (!bound.binding) throw new DomainError('certificates-closed');
      if (bound.binding.m !== binding.m) throw new DomainError('manifest-foreign', 'bound to another');
      if (bound.phase !== 'opening') return;
      await orNotCurrent(async () => {
        await log.requireCurrent();
        await log.checkpoint();
      });
      await rolls.open(pollId);
    },

    /** @throws DomainError `log-not-current` */
    requireCurrent: (roll: Roll) => orNotCurrent(() => logOf(roll).log.requireCurrent()),

    /**
     * Sees to it, beside whatever the caller does, that the log gets a batch as soon as one waits. A failure is logged;
     * the next certificate tries again.
     */
    follow(roll: Roll, log: Logger): void {
      const { pollId } = roll;
      const running = turns.get(pollId);
      if (running) {
        running.again = true;
        return;
      }
      const turn: Turn = { again: true, over: Promise.resolve() };
      turns.set(pollId, turn);
      turn.over = keepUp(roll, turn).catch((error: unknown) => {
        log.warn({ err: error, pollId }, 'a batch of issued certificates has not got into its log yet');
      });
    },

    /** When this process appends nothing any more. */
    async settled(): Promise<void> {
      await Promise.all([...turns.values()].map(({ over }) => over));
    },

    /**
     * Appends all that waits, under a last witnessed checkpoint.
     * @returns how many certificates the log has
     * @throws DomainError `log-not-current`: then what is missing is done when it is called again
     */
    async finish(roll: Roll): Promise<number> {
      if (!roll.binding) return 0;
      await turns.get(roll.pollId)?.over;
      return orNotCurrent(async () => {
        while (await appendBatch(roll, true));
        const { size } = await witness(roll);
        atHand.delete(roll.pollId);
        return size - 1;
      });
    },

    /** Every witnessed checkpoint, oldest first, as the protocol archives them. */
    archive: (roll: Roll): Promise<Uint8Array> => logOf(roll).log.archive(),
  };
}

function newLog(parts: IssuanceLogParts, { origin, witnesses }: ManifestBinding): WitnessedLog {
  const { logs, logKey, logOptions } = parts;
  const addresses = witnesses.map(({ name, publicKey }) => {
    // A witness that left cannot be asked any more; what it cosigned stays.
    const url = parts.witnesses.find((one) => one.publicKey === publicKey)?.url ?? '';
    return { name, publicKey: Buffer.from(publicKey, 'hex'), url };
  });
  return witnessedLog(logs, { origin, secretKey: logKey, witnesses: addresses }, logOptions);
}

/** Another process was quicker: the caller looks again what is left. */
function rivalAppended(error: unknown): true {
  if (error instanceof LogError && error.code === 'append-conflict') return true;
  throw error;
}

async function orNotCurrent<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new DomainError('log-not-current', error.code, undefined, { cause: error });
  }
}
