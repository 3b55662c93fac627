/** The servers of the environment that a product may share with others; on a broker with topics of its own. */
export function givenServers(): Readonly<Record<string, string>> {
  const { MQTT_URL, REDIS_URL } = process.env;
  return {
    ...(MQTT_URL && { MQTT_URL, MQTT_TOPIC_PREFIX: `test-${crypto.randomUUID()}` }),
    ...(REDIS_URL && { REDIS_URL }),
  };
}
