export { pins, servers, type Server } from './provision/pins.ts';
export * from './provision/provision.errors.ts';
export { locate, provision, provisionAll, type OnProgress, type Progress, type Provisioned } from './provision/provision.ts';
