import { deciders, factNames, STATE_QUERY, TRY_AGAIN } from '@talkoot/workflow-contracts';
import type {
  Command,
  DecisionAnswer,
  Fact,
  LifecycleKind,
  LifecycleState,
} from '@talkoot/workflow-contracts';
import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Decisions } from './decisions.ts';
import { Lifecycle } from './lifecycle.ts';

/**
 * Starts, continues or rebuilds a lifecycle from its state: always the same path. Answers messages from here on, so
 * call it before the first await.
 */
export function resume<K extends LifecycleKind>(
  decisions: Decisions<K>,
  state: LifecycleState,
): Lifecycle<K> {
  const lifecycle = new Lifecycle(decisions, state);
  // Before the handlers, which take in at once what came before the first task: a new lifecycle would have no phase yet.
  lifecycle.begin();
  setHandler(defineQuery<unknown>(STATE_QUERY), () => lifecycle.state);
  for (const name of [...Object.keys(deciders[decisions.kind]), 'request-change', 'confirm-change']) {
    // The validator must stay synchronous: an asynchronous one never refuses.
    setHandler(defineUpdate<DecisionAnswer, [Command]>(name), (command) => lifecycle.decide(command), {
      validator: (command) => lifecycle.check(command),
    });
  }
  for (const name of factNames[decisions.kind]) {
    setHandler(defineSignal<[Fact]>(name), (fact) => lifecycle.take(fact));
  }
  setHandler(defineSignal(TRY_AGAIN), () => lifecycle.tryAgain());
  return lifecycle;
}
