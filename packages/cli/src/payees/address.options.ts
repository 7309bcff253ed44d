import type { Command } from 'commander';
import { given } from '../operation/payments.command.ts';
import type { PaymentsOptions } from '../operation/payments.place.ts';
import { ServiceRefused } from '../service/service.errors.ts';

/** A postal address, where the bank asks for one: structured, or none. */
export interface AddressOptions extends PaymentsOptions {
  readonly street?: string;
  readonly building?: string;
  readonly postcode?: string;
  readonly town?: string;
  readonly country?: string;
}

export const withAddress = (command: Command): Command =>
  command
    .option('--street <name>', 'address, where the bank asks for one')
    .option('--building <number>', 'of the house')
    .option('--postcode <code>')
    .option('--town <name>', 'with --country: what every bank asks for in an address')
    .option('--country <code>', 'two capital letters, such as FI');

/** @throws ServiceRefused `address-incomplete` for an address without town or country */
export function addressFrom({ street, building, postcode, town, country }: AddressOptions) {
  const parts = given({ street, building, postcode });
  if (town !== undefined && country !== undefined) return { address: { ...parts, town, country } };
  if (town === undefined && country === undefined && Object.keys(parts).length === 0) return {};
  throw new ServiceRefused('address-incomplete', 'An address has --town and --country at least.');
}
