import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, InstantShape, MunicipalityParams, text } from '../shapes.ts';
import { moneyReaders } from './capacity.ts';

/** A structured postal address; banks take no other. Town and country are what every bank asks for. */
export const AddressShape = z
  .object({
    street: text(70).optional(),
    building: text(16).optional(),
    postcode: text(16).optional(),
    town: text(35),
    country: z.string().regex(/^[A-Z]{2}$/),
  })
  .meta({ id: 'Address' });

/** An account as its bank knows it. Taken in, checked and encrypted; the number is never answered in full. */
const account = {
  name: text(70),
  iban: z.string().min(15).max(42),
  address: AddressShape.optional(),
};

/** How a payee wants to be paid: to an account of theirs, or by the payroll office. */
export const PayeeDetailsShape = z.union([
  z.object({ method: z.literal('payroll') }),
  z.object({ method: z.literal('bank'), ...account }),
]);

export const verificationResults = ['match', 'close-match', 'no-match', 'not-possible'] as const;
/** What the bank said when it was asked whether name and account belong together (verification of payee). */
export const VerificationShape = z
  .object({ result: z.enum(verificationResults), checkedAt: InstantShape })
  .meta({ id: 'PayeeVerification' });

/** A new account that is not paid to yet. */
export const AccountChangeShape = z
  .object({
    changeId: IdShape,
    masked: z.string(),
    requestedAt: InstantShape,
    /** When the payee was told of it; the cooling-off runs from then. */
    toldAt: InstantShape.nullable(),
    approvedAt: InstantShape.nullable(),
    /** End of the cooling-off; null before the payee was told. Paid to from then, if it is approved. */
    coolsOffAt: InstantShape.nullable(),
    verification: VerificationShape.nullable(),
  })
  .meta({ id: 'AccountChange' });

const payee = {
  /** Null while nothing was said. Whether a bank may pay depends on role and registration as well. */
  method: z.enum(['payroll', 'bank']).nullable(),
  /** First two and last four characters, e.g. `FI•• •••• 7855`; null without an account. */
  masked: z.string().nullable(),
  verification: VerificationShape.nullable(),
  change: AccountChangeShape.nullable(),
  /** Last day of the prepayment registration; null where none is recorded. */
  registeredUntil: z.iso.date().nullable(),
  nationalIdGiven: z.boolean(),
  /** When the payee asked to be forgotten; carried out once nothing is due or may still come back. */
  erasureAskedAt: InstantShape.nullable(),
  changedAt: InstantShape,
};
export const PayeeShape = z.object(payee).meta({ id: 'Payee' });

/** A payee as finance sees it. */
export const PayeeRecordShape = z
  .object({
    payeeId: IdShape,
    ...payee,
    /** How many other payees here have the same account, or wait for it: couples do, and so do thieves. */
    sharedWith: z.int().min(0),
    /** The same of the new account that waits; null where none does. */
    changeSharedWith: z.int().min(0).nullable(),
    /** What the registration was seen in; null where none is recorded. */
    registration: z.string().nullable(),
    changeRequestedBy: IdShape.nullable(),
    changeEvidence: z.string().nullable(),
    changeApprovedBy: IdShape.nullable(),
    erasedAt: InstantShape.nullable(),
  })
  .meta({ id: 'PayeeRecord' });

/** A new account that was paid to, and the people it came through. It stays when another one follows, or the payee is erased. */
export const AccountRecordShape = z
  .object({
    changeId: IdShape,
    masked: z.string(),
    requestedBy: IdShape,
    requestedAt: InstantShape,
    toldAt: InstantShape.nullable(),
    approvedBy: IdShape,
    approvedAt: InstantShape,
    /** From when it was paid to. */
    since: InstantShape,
  })
  .meta({ id: 'AccountRecord' });

export const refusedChanges = ['holder-denies', 'holder-not-reached', 'evidence-lacking'] as const;

/** Why an erasure waits: something is owed or on its way, or was paid so recently that a bank may send it back. */
export const erasureWaits = ['payment-due', 'payment-under-way', 'payment-may-return'] as const;
export const ErasureShape = z
  .object({
    state: z.enum(['erased', 'waiting']),
    because: z.enum(erasureWaits).nullable(),
    /** The day from which nothing can come back, where that is what it waits for. */
    notBefore: InstantShape.nullable(),
  })
  .meta({ id: 'PayeeErasure' });

const mine = { access: { signedIn: true }, params: MunicipalityParams } as const;
const PayeeParams = MunicipalityParams.extend({ payeeId: IdShape });
/** Official identifiers differ by country; what is common is that they are short and have no spaces. */
const NationalId = z.object({ nationalId: z.string().regex(/^[A-Za-z0-9+./-]{4,40}$/) });
const Change = z.object({ changeId: IdShape });

export const payeeRoutes = {
  putPayeeDetails: route('PUT /v1/m/{municipalityId}/me/payee', {
    ...mine,
    kind: 'plain',
    summary: 'Say how I am paid; another account than before waits for a second person and a cooling-off',
    body: PayeeDetailsShape,
    answer: PayeeShape,
    problems: ['iban-invalid', 'text-unwritable', 'not-payable-here'],
  }),
  getPayeeDetails: route('GET /v1/m/{municipalityId}/me/payee', {
    ...mine,
    summary: 'How I am paid, masked',
    answer: PayeeShape,
  }),
  withdrawAccountChange: route('POST /v1/m/{municipalityId}/me/payee/change/withdrawn', {
    ...mine,
    kind: 'plain',
    summary: 'I did not ask for this account, or no longer want it; only before it is paid to',
    body: Change,
    answer: PayeeShape,
    problems: ['account-change-unknown'],
  }),
  putNationalId: route('PUT /v1/m/{municipalityId}/me/payee/national-id', {
    ...mine,
    kind: 'plain',
    summary: 'Give my national id for the income report; it is never shown again',
    body: NationalId,
    answer: PayeeShape,
    problems: ['not-payable-here'],
  }),
  requestErasure: route('POST /v1/m/{municipalityId}/me/payee/erasure', {
    ...mine,
    kind: 'plain',
    summary: 'Forget how I am paid: at once, or as soon as nothing is due or may still come back',
    answer: ErasureShape,
  }),
  listPayees: route('GET /v1/m/{municipalityId}/payees', {
    summary: 'Payees, account numbers masked; `awaiting=approval` for new accounts that nobody approved',
    access: { roles: [...moneyReaders, 'payroll'] },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ awaiting: z.literal('approval').optional() }),
    answer: pageOf(PayeeRecordShape),
  }),
  getPayee: route('GET /v1/m/{municipalityId}/payees/{payeeId}', {
    summary: 'A payee with its new account, verification and warnings, account numbers masked',
    access: { roles: [...moneyReaders, 'payroll'] },
    params: PayeeParams,
    answer: PayeeRecordShape,
  }),
  listPayeeAccounts: route('GET /v1/m/{municipalityId}/payees/{payeeId}/accounts', {
    summary: 'New accounts of a payee that were paid to, in that order: who entered and who approved each',
    access: { roles: moneyReaders },
    params: PayeeParams,
    query: PageQueryShape,
    answer: pageOf(AccountRecordShape),
  }),
  enterAccount: route('PUT /v1/m/{municipalityId}/payees/{payeeId}/account', {
    kind: 'plain',
    summary:
      'Enter the account of a company from its contract; also the first one waits for a second person and the cooling-off',
    access: { roles: ['finance-clerk'] },
    params: PayeeParams,
    body: z.object({ ...account, evidence: text(140) }),
    answer: PayeeRecordShape,
    problems: ['iban-invalid', 'text-unwritable', 'own-payment'],
  }),
  approveAccountChange: route('POST /v1/m/{municipalityId}/payees/{payeeId}/change/approval', {
    kind: 'plain',
    summary: 'Approve a new account; neither by the payee nor by whoever entered it',
    access: { roles: ['payout-approver'] },
    params: PayeeParams,
    body: Change,
    answer: PayeeRecordShape,
    problems: ['account-change-unknown', 'same-person-twice', 'own-payment'],
  }),
  refuseAccountChange: route('POST /v1/m/{municipalityId}/payees/{payeeId}/change/refusal', {
    kind: 'plain',
    summary: 'Refuse a new account, also an approved one before it is paid to',
    access: { roles: ['payout-approver'] },
    params: PayeeParams,
    body: Change.extend({ because: z.enum(refusedChanges) }),
    answer: PayeeRecordShape,
    problems: ['account-change-unknown', 'own-payment'],
  }),
  recordVerification: route('PUT /v1/m/{municipalityId}/payees/{payeeId}/verification', {
    kind: 'plain',
    summary:
      'Record what the bank says of name and account, of the new one where its change is named; not by whoever entered that',
    access: { roles: ['finance-clerk'] },
    params: PayeeParams,
    body: z.object({
      result: z.enum(verificationResults),
      checkedAt: InstantShape,
      changeId: IdShape.optional(),
    }),
    answer: PayeeRecordShape,
    problems: ['account-change-unknown', 'account-missing', 'own-payment', 'same-person-twice'],
  }),
  recordRegistration: route('PUT /v1/m/{municipalityId}/payees/{payeeId}/prepayment-registration', {
    kind: 'plain',
    summary:
      'Record where the prepayment registration was seen and until when it holds: only then a bank pays',
    access: { roles: ['finance-clerk', 'payroll'] },
    params: PayeeParams,
    body: z.object({ evidence: text(140), until: z.iso.date() }),
    answer: PayeeRecordShape,
    problems: ['own-payment', 'registration-expired'],
  }),
  putNationalIdOf: route('PUT /v1/m/{municipalityId}/payees/{payeeId}/national-id', {
    kind: 'plain',
    summary: 'Enter a national id for the income report; it is never shown again',
    access: { roles: ['payroll'] },
    params: PayeeParams,
    body: NationalId,
    answer: PayeeRecordShape,
  }),
};
