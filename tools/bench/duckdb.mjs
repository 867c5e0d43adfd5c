// SPDX-License-Identifier: Apache-2.0
//
// duckdb.mjs THREADS DIR: the key pushes in the log files below a directory, one a line, as DuckDB finds
// them. duckdb.mjs --version, --query: what it is, what it is asked. PEERS is where npm put it.
//
// The form that is fastest of those tried: a file that AWS delivers is one line, so it can be read as
// lines of JSON, with the columns that are wanted named before. A list_filter in front of the unnest,
// format 'unstructured', and text that is searched before it is parsed (read_csv, read_ndjson_objects)
// are all slower.
import { createRequire } from 'node:module';

const { DuckDBInstance, version } = createRequire(`${process.env.PEERS}/`)('@duckdb/node-api');

const query = (directory) => `
SELECT r.eventTime, r.userIdentity.arn, r.requestParameters.instanceId,
       r.requestParameters.instanceOSUser
FROM (SELECT unnest(Records) AS r
      FROM read_json('${directory}/**/*.json.gz', format = 'newline_delimited', compression = 'gzip',
           maximum_object_size = 67108864,
           columns = {Records: 'STRUCT(eventName VARCHAR, eventTime VARCHAR,
             userIdentity STRUCT(arn VARCHAR),
             requestParameters STRUCT(instanceId VARCHAR, instanceOSUser VARCHAR))[]'}))
WHERE r.eventName = 'SendSSHPublicKey'`;

const [first, directory] = process.argv.slice(2);
if (first === '--version') {
  console.log(`DuckDB ${version()}`);
} else if (first === '--query') {
  console.log(query('DIR').trim());
} else {
  const instance = await DuckDBInstance.create(':memory:', { threads: first });
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(query(directory));
  for (const row of result.getRows()) console.log(row.map((value) => value ?? '').join('\t'));
}
