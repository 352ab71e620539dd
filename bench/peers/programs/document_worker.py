"""The worker that AI_IPC_IMPLEMENTATION.md 1.0.0 describes, by its words and with its settings: Python, aiomysql, aiohttp,
a poll every 100 ms, batches of 10, 5 to 20 connections. Its retries are left out: nothing fails here."""

import asyncio
import json
import os
import time

import aiohttp
import aiomysql

POLL_INTERVAL_MS = 100
BATCH_SIZE = 10
CLEANUP_INTERVAL_S = 60
AI_SERVICE_TIMEOUT_S = 10

PENDING = """
SELECT id, endpoint, request_data FROM ai_requests
 WHERE status = 'pending' AND expires_at > NOW()
 ORDER BY priority, created_at LIMIT %s FOR UPDATE SKIP LOCKED"""
MARK = "UPDATE ai_requests SET status = 'processing', processed_at = NOW() WHERE id IN ({})"
WRITE = "INSERT INTO ai_responses (request_id, response_data, processing_time_ms) VALUES (%s, %s, %s)"
END = "UPDATE ai_requests SET status = 'completed' WHERE id = %s"
LOG = "INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (%s, 'completed', %s)"
EXPIRE = "UPDATE ai_requests SET status = 'timeout' WHERE status = 'pending' AND expires_at <= NOW()"


class AIIPCWorker:
    def __init__(self, task):
        self.database = task["database"]
        self.url = task["stubUrl"]

    async def initialize(self):
        database = self.database
        self.pool = await aiomysql.create_pool(
            host=database["host"],
            port=database["port"],
            user=database["user"],
            password=database["password"],
            db=database["database"],
            minsize=5,
            maxsize=20,
            autocommit=False,
        )
        timeout = aiohttp.ClientTimeout(total=AI_SERVICE_TIMEOUT_S)
        self.session = aiohttp.ClientSession(timeout=timeout)

    async def poll_and_process(self):
        async with self.pool.acquire() as connection:
            async with connection.cursor() as cursor:
                await cursor.execute(PENDING, (BATCH_SIZE,))
                rows = await cursor.fetchall()
                if rows:
                    ids = [row[0] for row in rows]
                    await cursor.execute(MARK.format(",".join(["%s"] * len(ids))), ids)
            await connection.commit()
        await asyncio.gather(*(self.process_request(*row) for row in rows))

    async def process_request(self, request_id, endpoint, data):
        started = time.monotonic()
        answer = await self.route_to_service(endpoint, data)
        await self.write_response(request_id, answer, int((time.monotonic() - started) * 1000))

    async def route_to_service(self, endpoint, data):
        headers = {"content-type": "application/json"}
        async with self.session.post(self.url + endpoint, data=data, headers=headers) as response:
            response.raise_for_status()
            return await response.text()

    async def write_response(self, request_id, answer, ms):
        async with self.pool.acquire() as connection:
            async with connection.cursor() as cursor:
                await cursor.execute(WRITE, (request_id, answer, ms))
                await cursor.execute(END, (request_id,))
                await cursor.execute(LOG, (request_id, json.dumps({"processing_time_ms": ms})))
            await connection.commit()

    async def cleanup_expired_requests(self):
        while True:
            await asyncio.sleep(CLEANUP_INTERVAL_S)
            async with self.pool.acquire() as connection:
                async with connection.cursor() as cursor:
                    await cursor.execute(EXPIRE)
                await connection.commit()

    async def run_forever(self):
        await self.initialize()
        print("ready", flush=True)
        cleanup = asyncio.create_task(self.cleanup_expired_requests())
        while not cleanup.done():
            await self.poll_and_process()
            await asyncio.sleep(POLL_INTERVAL_MS / 1000)
        await cleanup


asyncio.run(AIIPCWorker(json.loads(os.environ["AI_IPC_PEER_TASK"])).run_forever())
