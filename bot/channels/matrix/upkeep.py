"""What a device owes the others between syncs: new one-time keys, new sessions for broken ones, answers to requests."""

import asyncio

import structlog

from bot.channels.matrix.device import Device
from bot.channels.matrix.trouble import MatrixError, ask

log = structlog.get_logger("matrix")


class Upkeep:
    """`do` it after each sync: beside the next one, one at a time."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._doing: asyncio.Task[None] | None = None

    def do(self) -> None:
        if self._doing is None or self._doing.done():
            self._doing = asyncio.create_task(self._do())

    def stop(self) -> None:
        if self._doing is not None:
            self._doing.cancel()

    async def _do(self) -> None:
        device = self._device
        try:
            if device.should_upload_keys:
                await ask(device.keys_upload())
            if device.should_claim_keys:
                await ask(device.keys_claim(device.get_users_for_key_claiming()))
            await ask(device.send_to_device_messages())
        except MatrixError as error:
            log.info("upkeep_later", error=error.code)
        except Exception:
            log.exception("upkeep_failed")
