import { rule } from '../../../services/identity/src/resident/resident.ts';
import { Kafka } from 'kafkajs';
import { circle } from './circle.ts';

export const money = [rule, Kafka, circle];
