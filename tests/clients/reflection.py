"""A gRPC client that knows nothing beforehand: services, methods and messages come from server reflection."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

DEADLINE_SECONDS = 20


class Reflected:
    """Calls any method of the server by its name."""

    def __init__(self, channel: grpc.Channel, token: str | None) -> None:
        self._channel = channel
        self._database = ProtoReflectionDescriptorDatabase(channel)
        self._pool = DescriptorPool(self._database)
        self._metadata = [("authorization", f"Bearer {token}")] if token else []

    def services(self) -> set[str]:
        return set(self._database.get_services())

    def message(self, name: str, **fields: Any) -> Message:
        return GetMessageClass(self._pool.FindMessageTypeByName(name))(**fields)

    def call(self, service: str, method: str, **fields: Any) -> Message:
        """A unary call."""
        described = self._method(service, method)
        request = GetMessageClass(described.input_type)(**fields)
        stub = self._channel.unary_unary(**self._codec(described))
        return stub(request, metadata=self._metadata, timeout=DEADLINE_SECONDS)

    def stream(self, service: str, method: str, requests: list[dict[str, Any]]) -> list[Message]:
        """A bidirectional call: all requests, then all answers."""
        described = self._method(service, method)
        kind = GetMessageClass(described.input_type)
        stub = self._channel.stream_stream(**self._codec(described))
        sent = iter([kind(**fields) for fields in requests])
        return list(stub(sent, metadata=self._metadata, timeout=DEADLINE_SECONDS))

    def _method(self, service: str, method: str) -> MethodDescriptor:
        return self._pool.FindServiceByName(service).methods_by_name[method]

    @staticmethod
    def _codec(method: MethodDescriptor) -> dict[str, Any]:
        return {
            "method": f"/{method.containing_service.full_name}/{method.name}",
            "request_serializer": lambda message: message.SerializeToString(),
            "response_deserializer": GetMessageClass(method.output_type).FromString,
        }
