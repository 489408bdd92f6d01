"""Everything Conectar can do: each message with the class that handles it."""

from typing import Any

from conectar.application.accounts.change_password import (
    ChangePassword,
    ChangePasswordHandler,
    ReplacePassword,
    ReplacePasswordHandler,
)
from conectar.application.accounts.create_admin import CreateAdmin, CreateAdminHandler
from conectar.application.accounts.end_session import EndSession, EndSessionHandler
from conectar.application.accounts.log_in import (
    FindCredentials,
    FindCredentialsHandler,
    LogIn,
    LogInHandler,
    OpenSession,
    OpenSessionHandler,
)
from conectar.application.accounts.refresh_session import RefreshSession, RefreshSessionHandler
from conectar.application.accounts.register import (
    AddUser,
    AddUserHandler,
    Register,
    RegisterHandler,
)
from conectar.application.accounts.reset_password import (
    MailPasswordReset,
    MailPasswordResetHandler,
    RequestPasswordReset,
    RequestPasswordResetHandler,
    ResetPassword,
    ResetPasswordHandler,
    UsePasswordReset,
    UsePasswordResetHandler,
)
from conectar.application.accounts.update_me import UpdateMe, UpdateMeHandler
from conectar.application.jobs.approve_job import ApproveJob, ApproveJobHandler
from conectar.application.jobs.cancel_job import CancelJob, CancelJobHandler
from conectar.application.jobs.complete_job import CompleteJob, CompleteJobHandler
from conectar.application.jobs.lapse_job import (
    ApplyLapse,
    ApplyLapseHandler,
    LapseJob,
    LapseJobHandler,
)
from conectar.application.jobs.request_changes import RequestChanges, RequestChangesHandler
from conectar.application.message import Message
from conectar.application.offers.accept_offer import AcceptOffer, AcceptOfferHandler
from conectar.application.offers.counter_offer import CounterOffer, CounterOfferHandler
from conectar.application.offers.create_offer import CreateOffer, CreateOfferHandler
from conectar.application.offers.edit_offer import EditOffer, EditOfferHandler
from conectar.application.offers.expire_offer import ExpireOffer, ExpireOfferHandler
from conectar.application.offers.reject_offer import RejectOffer, RejectOfferHandler
from conectar.application.offers.withdraw_offer import WithdrawOffer, WithdrawOfferHandler
from conectar.application.payments.apply_fact import ApplyFact, ApplyFactHandler
from conectar.application.payments.check_payment import (
    CheckCheckout,
    CheckCheckoutHandler,
    CheckoutsOf,
    CheckoutsOfHandler,
    CheckPayment,
    CheckPaymentHandler,
    CheckRelease,
    CheckReleaseHandler,
    PlanPoll,
    PlanPollHandler,
    PlanRelease,
    PlanReleaseHandler,
    PollCheckout,
    PollCheckoutHandler,
)
from conectar.application.payments.open_checkout import (
    BeginCheckout,
    BeginCheckoutHandler,
    NotePreference,
    NotePreferenceHandler,
    OpenCheckout,
    OpenCheckoutHandler,
)
from conectar.application.payments.receive_notice import ReceiveNotice, ReceiveNoticeHandler
from conectar.application.payments.resolve_refund import ResolveRefund, ResolveRefundHandler
from conectar.application.payments.run_refund import (
    ClaimRefund,
    ClaimRefundHandler,
    RecordRefund,
    RecordRefundHandler,
    RunRefund,
    RunRefundHandler,
)
from conectar.application.people.choose_trades import (
    AddTrade,
    AddTradeHandler,
    RemoveTrade,
    RemoveTradeHandler,
)
from conectar.application.people.review_kyc import (
    ApproveKyc,
    ApproveKycHandler,
    RejectKyc,
    RejectKycHandler,
)
from conectar.application.people.seed_trades import SeedTrades, SeedTradesHandler
from conectar.application.people.submit_kyc import (
    RecordKyc,
    RecordKycHandler,
    SubmitKyc,
    SubmitKycHandler,
)
from conectar.application.people.update_professional import (
    UpdateProfessional,
    UpdateProfessionalHandler,
)
from conectar.application.queries.files import OpenFile, OpenFileHandler
from conectar.application.queries.jobs import (
    GetJob,
    GetJobHandler,
    GetJobTimeline,
    GetJobTimelineHandler,
    ListJobs,
    ListJobsHandler,
)
from conectar.application.queries.money import (
    GetBalance,
    GetBalanceHandler,
    GetPaymentStatus,
    GetPaymentStatusHandler,
    GetTrialBalance,
    GetTrialBalanceHandler,
    ListMovements,
    ListMovementsHandler,
    ListRefunds,
    ListRefundsHandler,
    ListSuspense,
    ListSuspenseHandler,
    QuoteCommission,
    QuoteCommissionHandler,
    ShowPayment,
    ShowPaymentHandler,
)
from conectar.application.queries.offers import (
    GetOffer,
    GetOfferHandler,
    GetOfferTimeline,
    GetOfferTimelineHandler,
    ListOffers,
    ListOffersHandler,
)
from conectar.application.queries.people import (
    Authenticate,
    AuthenticateHandler,
    FindUser,
    FindUserHandler,
    GetMe,
    GetMeHandler,
    ListSessions,
    ListSessionsHandler,
)
from conectar.application.queries.professionals import (
    GetKycStatus,
    GetKycStatusHandler,
    GetProfessional,
    GetProfessionalHandler,
    GetPublicProfessional,
    GetPublicProfessionalHandler,
    ListKycPending,
    ListKycPendingHandler,
    ListLevels,
    ListLevelsHandler,
    ListMyTrades,
    ListMyTradesHandler,
    ListTrades,
    ListTradesHandler,
)
from conectar.application.queries.search import Search, SearchHandler
from conectar.application.reactions.relay import (
    ClaimDeliveries,
    ClaimDeliveriesHandler,
    FailDelivery,
    FailDeliveryHandler,
)
from conectar.application.sweeps.sweep import (
    FindDue,
    FindDueHandler,
    ForgetKeys,
    ForgetKeysHandler,
    Sweep,
    SweepHandler,
)

HANDLERS: dict[type[Message[Any]], type[Any]] = {
    ChangePassword: ChangePasswordHandler,
    ReplacePassword: ReplacePasswordHandler,
    CreateAdmin: CreateAdminHandler,
    EndSession: EndSessionHandler,
    LogIn: LogInHandler,
    FindCredentials: FindCredentialsHandler,
    OpenSession: OpenSessionHandler,
    RefreshSession: RefreshSessionHandler,
    Register: RegisterHandler,
    AddUser: AddUserHandler,
    RequestPasswordReset: RequestPasswordResetHandler,
    MailPasswordReset: MailPasswordResetHandler,
    ResetPassword: ResetPasswordHandler,
    UsePasswordReset: UsePasswordResetHandler,
    UpdateMe: UpdateMeHandler,
    ApproveJob: ApproveJobHandler,
    CancelJob: CancelJobHandler,
    CompleteJob: CompleteJobHandler,
    LapseJob: LapseJobHandler,
    ApplyLapse: ApplyLapseHandler,
    RequestChanges: RequestChangesHandler,
    AcceptOffer: AcceptOfferHandler,
    CounterOffer: CounterOfferHandler,
    CreateOffer: CreateOfferHandler,
    EditOffer: EditOfferHandler,
    ExpireOffer: ExpireOfferHandler,
    RejectOffer: RejectOfferHandler,
    WithdrawOffer: WithdrawOfferHandler,
    ApplyFact: ApplyFactHandler,
    CheckPayment: CheckPaymentHandler,
    CheckRelease: CheckReleaseHandler,
    PlanRelease: PlanReleaseHandler,
    CheckCheckout: CheckCheckoutHandler,
    PollCheckout: PollCheckoutHandler,
    CheckoutsOf: CheckoutsOfHandler,
    PlanPoll: PlanPollHandler,
    OpenCheckout: OpenCheckoutHandler,
    BeginCheckout: BeginCheckoutHandler,
    NotePreference: NotePreferenceHandler,
    ReceiveNotice: ReceiveNoticeHandler,
    ResolveRefund: ResolveRefundHandler,
    RunRefund: RunRefundHandler,
    ClaimRefund: ClaimRefundHandler,
    RecordRefund: RecordRefundHandler,
    AddTrade: AddTradeHandler,
    RemoveTrade: RemoveTradeHandler,
    ApproveKyc: ApproveKycHandler,
    RejectKyc: RejectKycHandler,
    SeedTrades: SeedTradesHandler,
    SubmitKyc: SubmitKycHandler,
    RecordKyc: RecordKycHandler,
    UpdateProfessional: UpdateProfessionalHandler,
    OpenFile: OpenFileHandler,
    GetJob: GetJobHandler,
    ListJobs: ListJobsHandler,
    GetJobTimeline: GetJobTimelineHandler,
    ListMovements: ListMovementsHandler,
    GetPaymentStatus: GetPaymentStatusHandler,
    ShowPayment: ShowPaymentHandler,
    QuoteCommission: QuoteCommissionHandler,
    GetBalance: GetBalanceHandler,
    GetTrialBalance: GetTrialBalanceHandler,
    ListRefunds: ListRefundsHandler,
    ListSuspense: ListSuspenseHandler,
    GetOffer: GetOfferHandler,
    ListOffers: ListOffersHandler,
    GetOfferTimeline: GetOfferTimelineHandler,
    Authenticate: AuthenticateHandler,
    FindUser: FindUserHandler,
    GetMe: GetMeHandler,
    ListSessions: ListSessionsHandler,
    GetProfessional: GetProfessionalHandler,
    GetPublicProfessional: GetPublicProfessionalHandler,
    GetKycStatus: GetKycStatusHandler,
    ListKycPending: ListKycPendingHandler,
    ListTrades: ListTradesHandler,
    ListMyTrades: ListMyTradesHandler,
    ListLevels: ListLevelsHandler,
    Search: SearchHandler,
    ClaimDeliveries: ClaimDeliveriesHandler,
    FailDelivery: FailDeliveryHandler,
    Sweep: SweepHandler,
    FindDue: FindDueHandler,
    ForgetKeys: ForgetKeysHandler,
}
