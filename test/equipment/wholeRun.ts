// Test equipment: how much is tried.

/**
 * Whether this is a run of every suite, which has to end within 20 minutes on two cores: then one of each kind is tried where there are several.
 * A suite that is named (`npm test docker`) tries them all.
 */
export const isWholeRun = process.env['KONG_PLUGIN_TEST_WHOLE_RUN'] !== undefined;
