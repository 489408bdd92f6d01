"""`/trabajos`: the work."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post, put
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, show, signed_in
from conectar.adapters.inbound.http.controllers.professionals import of_status
from conectar.adapters.inbound.http.reading import page, read, uid, word
from conectar.adapters.inbound.http.spec import about
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.codes import values
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.queries.jobs import GetJob, GetJobTimeline, ListJobs
from conectar.application.views.work import DisputeView, JobView, StepView
from conectar.domain.jobs.dispute import DisputeReason
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import JobId

REFUSED = (400, 403, 404)


class JobsController(Controller):
    """Jobs of whoever asks."""

    path = paths.JOBS
    tags = (paths.JOBS_TAG,)
    guards = (signed_in,)

    @get("/", opt=about(ListJobs, tuple[JobView, ...], query=of_status(JobStatus), listed=True))
    async def jobs(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists them."""
        status = word(request, spanish("status"), JobStatus)
        query = ListJobs(status=status, page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @get(paths.JOB, opt=about(GetJob, JobView, errors=(404,)))
    async def job(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Reads one."""
        query = GetJob(job_id=JobId(uid(job_id)), actor=request.user)
        return show(request, await core.execute(query))

    @get(paths.JOB_TIMELINE, opt=about(GetJobTimeline, tuple[StepView, ...], errors=(404,)))
    async def timeline(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """What happened to one."""
        query = GetJobTimeline(job_id=JobId(uid(job_id)), actor=request.user)
        return show(request, await core.execute(query))

    @put(
        paths.JOB_COMPLETE,
        opt=about(CompleteJob, JobView, body=s.NotesIn, errors=REFUSED),
    )
    async def complete(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """The work is done."""
        body = await read(request, s.NotesIn)
        message = CompleteJob(job_id=JobId(uid(job_id)), notes=body.notes, actor=request.user)
        return await answer(request, core, message)

    @post(
        paths.JOB_CHANGES,
        status_code=200,
        opt=about(RequestChanges, JobView, body=s.WhyIn, errors=REFUSED),
    )
    async def request_changes(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """The client sends it back."""
        body = await read(request, s.WhyIn)
        message = RequestChanges(job_id=JobId(uid(job_id)), reason=body.reason, actor=request.user)
        return await answer(request, core, message)

    @post(
        paths.JOB_APPROVE,
        status_code=200,
        opt=about(ApproveJob, JobView, body=s.Nothing, errors=REFUSED),
    )
    async def approve(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """The client accepts it; the money is released."""
        await read(request, s.Nothing)
        message = ApproveJob(job_id=JobId(uid(job_id)), actor=request.user)
        return await answer(request, core, message)

    @post(
        paths.JOB_CANCEL,
        status_code=200,
        opt=about(CancelJob, JobView, body=s.ReasonIn, errors=REFUSED),
    )
    async def cancel(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """A party leaves."""
        body = await read(request, s.ReasonIn)
        message = CancelJob(job_id=JobId(uid(job_id)), reason=body.reason, actor=request.user)
        return await answer(request, core, message)

    @post(
        paths.JOB_DISPUTE,
        opt=about(OpenDispute, DisputeView, body=s.DisputeIn, errors=REFUSED),
    )
    async def dispute(
        self, request: Call, job_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """A party questions the work."""
        body = await read(request, s.DisputeIn)
        message = OpenDispute(
            job_id=JobId(uid(job_id)),
            cause=values(DisputeReason)[body.cause],
            description=body.description,
            actor=request.user,
        )
        return await answer(request, core, message)
