import type { AccountName, FundName } from '@talkoot/api-contracts/payments';
import { money } from '@talkoot/money';
import type { BalanceDocument } from '../ledger/ledger.store.ts';
import { fundOrder } from './fund.ts';
import type { CommitmentDocument, FundsDocument } from './fund.store.ts';

const accountsOf = {
  round: { available: 'round-fund', setAside: 'commitment', used: 'round-expended' },
  bonus: { available: 'bonus-fund', setAside: 'reserve', used: 'bonus-expended' },
  outcome: { available: 'outcome-fund', setAside: 'outcome-reserve', used: 'outcome-expended' },
} as const;

/** The three funds of a pilot as its balances tell. */
export function fundsView(funds: FundsDocument, balances: readonly BalanceDocument[]) {
  const total = (account: AccountName) =>
    money(
      balances.filter((one) => one.account === account).reduce((sum, one) => sum + one.balance, 0),
      funds.currency,
    );
  const fundView = (fund: FundName) => ({
    fund,
    allotted: money(funds.allotted[fund], funds.currency),
    carriedOver: money(funds.carriedOver[fund], funds.currency),
    available: total(accountsOf[fund].available),
    setAside: total(accountsOf[fund].setAside),
    used: total(accountsOf[fund].used),
  });
  return {
    pilotId: funds._id,
    fiscalYear: funds.fiscalYear,
    limit: money(funds.limit, funds.currency),
    funds: fundOrder.map(fundView),
    openedAt: funds.openedAt.toISOString(),
  };
}

export function projectMoneyView(project: CommitmentDocument) {
  const of = (amount: number) => money(amount, project.currency);
  return {
    projectId: project._id,
    pilotId: project.pilotId,
    fiscalYear: project.fiscalYear,
    committed: of(project.committed),
    claimed: of(project.claimed),
    accepted: of(project.accepted),
    commitmentReturned: of(project.commitmentReturned),
    reserved: of(project.pool),
    reserveReturned: of(project.reserveReturned),
    raises: project.raises.map(({ amount, reason, at }) => ({
      amount: of(amount),
      reason,
      at: at.toISOString(),
    })),
  };
}
