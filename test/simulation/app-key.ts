/** Of the one account of all scenarios. */
export const APP_KEY = 'PSworld0123456789012345678901234567890';
