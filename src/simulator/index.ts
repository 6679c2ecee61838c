/**
 * A simulator of the brokerage: both hosts of the KIS Open API with their tokens, rules and refusals, over invented
 * accounts. It imports nothing from the rest of this project, so that a wrong constant cannot be right on both sides.
 */
export { startSimulator, type Simulator, type SimulatorOptions } from './simulator';
export { keepsOrdersIn } from './running-simulator';
export { type SimulatorSettings, DEFAULT_SETTINGS } from './settings';
export { InvalidSettingsError } from './settings-check';
export { type DemoAccount, DEMO_ACCOUNTS } from './demo';
export { type LoggedRequest, type RequestLog } from './request-log';
export { type IssueRecord } from './oauth/issue-log';
export { type ConnectionEvent } from './realtime/connection-log';
export { type OrderReport } from './order/order-book';
export { runSimulator } from './simulator-process';
