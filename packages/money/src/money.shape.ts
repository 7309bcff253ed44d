import { z } from 'zod';
import { currencyCodes } from './money.currency.ts';

/** For the one place where a currency is chosen: only ISO 4217 codes pass. */
export const CurrencyShape = z.enum(currencyCodes);

/**
 * Minor units of one currency, as JSON: `{"amount": 125000, "currency": "EUR"}` is 1,250.00 euros.
 * The amount is an integer within ±(2^53 − 1), which JSON carries without loss.
 */
export const MoneyShape = z.object({
  amount: z.int().meta({ description: 'Minor units (cents)' }),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

export type Money = z.infer<typeof MoneyShape>;
