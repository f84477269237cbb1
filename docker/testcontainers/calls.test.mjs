// npm install --save-dev testcontainers; node --test
import assert from "node:assert";
import { test } from "node:test";
import { GenericContainer, Wait } from "testcontainers";

test("lists calls", async () => {
  const calls = await new GenericContainer("mock-calls")
    .withExposedPorts(2255)
    .withWaitStrategy(Wait.forHttp("/healthz", 2255))
    .start();
  try {
    const url = `http://${calls.getHost()}:${calls.getMappedPort(2255)}`;
    const headers = { apikey: "mock-rest-api-key" };
    const answer = await fetch(`${url}/v3/calls`, { headers });
    assert.strictEqual(answer.status, 200);
  } finally {
    await calls.stop();
  }
});
