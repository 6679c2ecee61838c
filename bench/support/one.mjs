// Runs one benchmark and sends what it found to the parent.
// However it ends, it ends as a process that takes its own processes along.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
process.once('disconnect', () => process.exit(1));

const [name, ...flags] = process.argv.slice(2);
const { default: benchmark } = await import(`../${name}.mjs`);
const result = await benchmark({ quick: flags.includes('--quick') });
process.send(result, () => process.exit(0));
