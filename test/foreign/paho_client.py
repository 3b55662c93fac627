"""One MQTT client on paho: a publish for each JSON object that comes in as a line, a line for each message that arrives.

Arguments: host, port, client id, the topic of the answers, and 4 (MQTT 3.1.1) or 5. The first line out says that it is
subscribed. Payloads and correlation data are in base64.
"""

import base64
import json
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def send_line(**line) -> None:
    print(json.dumps(line), flush=True)


def decoded(text):
    return None if text is None else base64.b64decode(text)


def encoded(value):
    return None if value is None else base64.b64encode(value).decode()


def properties_of(order: dict) -> Properties | None:
    if "response_topic" not in order:
        return None
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic = order["response_topic"]
    if "correlation_data" in order:
        properties.CorrelationData = decoded(order["correlation_data"])
    if order.get("user_properties"):
        properties.UserProperty = [tuple(pair) for pair in order["user_properties"]]
    return properties


def on_connect(client, topic, flags, reason, properties):
    if reason.is_failure:
        sys.exit(f"not connected: {reason}")
    client.subscribe(topic, qos=1)


def on_subscribe(client, topic, mid, reasons, properties):
    if any(reason.is_failure for reason in reasons):
        sys.exit(f"not subscribed: {reasons}")
    send_line(subscribed=True)


def on_message(client, topic, message):
    correlation = getattr(message.properties, "CorrelationData", None)
    send_line(payload=encoded(message.payload), correlation_data=encoded(correlation))


def main(host: str, port: str, client_id: str, topic: str, version: str) -> None:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id, userdata=topic, protocol=int(version))
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    client.connect(host, int(port))
    client.loop_start()
    for line in sys.stdin:
        order = json.loads(line)
        client.publish(order["topic"], decoded(order["payload"]), order["qos"], properties=properties_of(order))
    client.disconnect()
    client.loop_stop()


main(*sys.argv[1:])
