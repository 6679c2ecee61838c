// Runs one benchmark and sends what it found to the parent.
const [name, ...flags] = process.argv.slice(2);
const { default: benchmark } = await import(`../${name}.mjs`);
const result = await benchmark({ quick: flags.includes('--quick') });
process.send(result, () => process.exit());
