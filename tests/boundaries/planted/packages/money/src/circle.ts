import { money } from './money.ts';

export const circle = () => money;
