"""Calls methods through the stubs that protoc generates: one JSON object a line in, one a line out, in any order.

Arguments: the address, the directory of the .proto files, and `none`, `gzip` or `deflate`.
"""

import asyncio
import base64
import importlib
import json
import sys
import tempfile
from pathlib import Path

import grpc
import grpc_tools
from grpc_tools import protoc

COMPRESSIONS = {
    "none": grpc.Compression.NoCompression,
    "gzip": grpc.Compression.Gzip,
    "deflate": grpc.Compression.Deflate,
}


def generate(protos: Path) -> list[Path]:
    """The .proto files, whose modules can be imported from now on."""
    target = tempfile.mkdtemp()
    files = sorted(protos.rglob("*.proto"))
    paths = [protos, Path(grpc_tools.__file__).parent / "_proto"]
    arguments = [f"--python_out={target}", f"--grpc_python_out={target}", *(f"--proto_path={path}" for path in paths)]
    if protoc.main(["protoc", *arguments, *map(str, files)]) != 0:
        raise RuntimeError("protoc does not take the .proto files")
    sys.path.insert(0, target)
    return [file.relative_to(protos) for file in files]


class Caller:
    def __init__(self, channel: grpc.aio.Channel, files: list[Path], compression: grpc.Compression):
        self.compression = compression
        self.methods = {}
        for file in files:
            name = ".".join(file.with_suffix("").parts)
            messages = importlib.import_module(f"{name}_pb2")
            stubs = importlib.import_module(f"{name}_pb2_grpc")
            for service in messages.DESCRIPTOR.services_by_name.values():
                stub = getattr(stubs, f"{service.name}Stub")(channel)
                for method in service.methods:
                    request = getattr(messages, method.input_type.name)
                    self.methods[f"/{service.full_name}/{method.name}"] = (getattr(stub, method.name), request)

    async def call(self, order: dict) -> dict:
        method, request = self.methods[order["path"]]
        call = method(
            request.FromString(base64.b64decode(order["request"])),
            metadata=[tuple(pair) for pair in order["metadata"]],
            timeout=order.get("timeout"),
            compression=self.compression,
        )
        try:
            response = await call
            sent = base64.b64encode(response.SerializeToString()).decode()
            return {"code": 0, "response": sent, "initial": texts(await call.initial_metadata())}
        except grpc.aio.AioRpcError as error:
            trailing = texts(error.trailing_metadata())
            return {"code": error.code().value[0], "details": error.details(), "trailing": trailing}


def texts(metadata) -> list[list[str]]:
    """Binary values in base64."""
    return [[key, base64.b64encode(value).decode() if isinstance(value, bytes) else value] for key, value in metadata]


async def answer(caller: Caller, order: dict) -> None:
    print(json.dumps({"id": order["id"], **await caller.call(order)}), flush=True)


async def main(address: str, protos: str, compression: str) -> None:
    files = generate(Path(protos))
    async with grpc.aio.insecure_channel(address) as channel:
        caller = Caller(channel, files, COMPRESSIONS[compression])
        loop = asyncio.get_running_loop()
        running = set()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            task = asyncio.create_task(answer(caller, json.loads(line)))
            running.add(task)
            task.add_done_callback(running.discard)


asyncio.run(main(*sys.argv[1:]))
