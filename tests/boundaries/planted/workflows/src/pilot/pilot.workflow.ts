import { readFileSync } from 'node:fs';

export const pilot = () => readFileSync('/etc/hostname', 'utf8');
