"""The hub over gRPC, without generated code: services and messages come from server reflection."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


class Hub:
    """A connection. The token is of SAMFLYT_TOKEN; outside your own machine use `grpc.secure_channel`."""

    def __init__(self, target: str) -> None:
        self._channel = grpc.insecure_channel(target)
        self._pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self._channel))
        self._metadata = [("authorization", f"Bearer {os.environ['SAMFLYT_TOKEN'].strip()}")]

    def stream(self, service: str, method: str, requests: Iterable[dict[str, Any]]) -> Iterator[Message]:
        """A call in both directions: requests go out as they are made, answers come in as they arrive."""
        described = self._pool.FindServiceByName(service).methods_by_name[method]
        kind = GetMessageClass(described.input_type)
        call = self._channel.stream_stream(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(described.output_type).FromString,
        )
        return call((kind(**request) for request in requests), metadata=self._metadata)
