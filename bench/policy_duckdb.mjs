// policy_duckdb.mjs — runs the workload's SQL in DuckDB, in a process of its own.
//
// usage: node bench/policy_duckdb.mjs FOLDER THREADS RUNS
//
// FOLDER holds create.sql, TABLE.csv, drop.sql, make.sql, rules.sql, regions.sql and checksum.sql, as
// policy_duckdb.c writes them. Printed: "loaded SECONDS", "run MS" for each run, then "rules …",
// "regions …" and "checksum …" with integers. Exits with 3 when the package is not installed.
import { readFileSync } from 'node:fs'

const [folder, threads, runs] = process.argv.slice(2)
let DuckDBInstance
try {
    ({ DuckDBInstance } = await import('@duckdb/node-api'))
} catch (error) {
    console.error(`@duckdb/node-api cannot be loaded: ${error.message}`)
    process.exit(3)
}

const text = name => readFileSync(`${folder}/${name}`, 'utf8')
const db = await (await DuckDBInstance.create(':memory:', { threads })).connect()
const values = async sql => (await db.runAndReadAll(sql)).getRows().flat().map(String).join(' ')

const loading = performance.now()
for (const statement of text('create.sql').split(';\n'))
    if (statement.trim()) await db.run(statement)
for (const table of ['person', 'cert', 'train', 'award', 'paid'])
    await db.run(`COPY ${table} FROM '${folder}/${table}.csv' (HEADER false)`)
await db.run('ANALYZE')
console.log('loaded', (performance.now() - loading) / 1e3)

const [drop, make, rules, regions, checksum] =
    ['drop', 'make', 'rules', 'regions', 'checksum'].map(name => text(`${name}.sql`))
let totals, funds
for (let run = -1; run < Number(runs); run++) {
    await db.run(drop)
    const start = performance.now()
    await db.run(make)
    totals = await values(rules)
    funds = await values(regions)
    if (run >= 0) console.log('run', performance.now() - start)
}
console.log('rules', totals)
console.log('regions', funds)
console.log('checksum', await values(checksum))
process.exit(0)
