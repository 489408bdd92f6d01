"""The first tables."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "claves_idempotencia",
        sa.Column("titular_id", GUID(), nullable=False),
        sa.Column("clave", sa.Text(), nullable=False),
        sa.Column("huella", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("reservado_hasta", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("turno", sa.BigInteger(), nullable=False),
        sa.Column("respuesta", sa.LargeBinary(), nullable=True),
        sa.Column("rechazo", sa.Boolean(), nullable=False),
        sa.Column("contexto", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("titular_id", "clave"),
    )
    with op.batch_alter_table("claves_idempotencia") as batch_op:
        batch_op.create_index("ix_claves_idempotencia_old", ["created_at"], unique=False)

    op.create_table(
        "eventos",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("nombre", sa.Text(), nullable=False),
        sa.Column("contenido", sa.LargeBinary(), nullable=False),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "historial",
        sa.Column("sujeto_id", GUID(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("estado_anterior", sa.Text(), nullable=True),
        sa.Column("estado", sa.Text(), nullable=False),
        sa.Column("escrow_estado", sa.String(length=40), nullable=True),
        sa.Column("actor", GUID(), nullable=True),
        sa.Column("actor_rol", sa.String(length=40), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=True),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sujeto_id", "version"),
    )
    op.create_table(
        "oficios",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("nombre", sa.Text(), nullable=False),
        sa.Column("descripcion", sa.Text(), nullable=False),
        sa.Column("palabras", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "saldos",
        sa.Column("cuenta", sa.String(length=40), nullable=False),
        sa.Column("titular_id", GUID(), nullable=False),
        sa.Column("saldo", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("saldo >= 0", name="ck_saldos_floor"),
        sa.PrimaryKeyConstraint("cuenta", "titular_id"),
    )
    op.create_table(
        "usuarios",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("nombre", sa.Text(), nullable=False),
        sa.Column("apellido", sa.Text(), nullable=False),
        sa.Column("rol", sa.String(length=40), nullable=False),
        sa.Column("telefono", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("email_verificado", sa.Boolean(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("usuarios") as batch_op:
        batch_op.create_index("uq_usuarios_email", ["email"], unique=True)

    op.create_table(
        "entregas",
        sa.Column("evento_id", GUID(), nullable=False),
        sa.Column("reaccion", sa.Text(), nullable=False),
        sa.Column("proximo_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("intentos", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("completada_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["evento_id"], ["eventos.id"], name="fk_entregas_evento_id"),
        sa.PrimaryKeyConstraint("evento_id", "reaccion"),
    )
    with op.batch_alter_table("entregas") as batch_op:
        batch_op.create_index(
            "ix_entregas_due",
            ["proximo_at"],
            unique=False,
            sqlite_where=sa.text("proximo_at IS NOT NULL"),
            postgresql_where=sa.text("proximo_at IS NOT NULL"),
        )

    op.create_table(
        "profesionales",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("biografia", sa.Text(), nullable=True),
        sa.Column("radio_cobertura_km", sa.BigInteger(), nullable=False),
        sa.Column("acepta_instant", sa.Boolean(), nullable=False),
        sa.Column("disponible", sa.Boolean(), nullable=False),
        sa.Column("tarifa_por_hora", sa.BigInteger(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("direccion", sa.Text(), nullable=True),
        sa.Column("payout_account", sa.Text(), nullable=True),
        sa.Column("estado_verificacion", sa.String(length=40), nullable=False),
        sa.Column("motivo_rechazo", sa.Text(), nullable=True),
        sa.Column("cuit", sa.Text(), nullable=True),
        sa.Column("puntos", sa.BigInteger(), nullable=False),
        sa.Column("rating_suma", sa.BigInteger(), nullable=False),
        sa.Column("resenas", sa.BigInteger(), nullable=False),
        sa.Column("secreto_ubicacion", sa.Text(), nullable=False),
        sa.Column("oficios", JSON, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["usuarios.id"], name="fk_profesionales_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "recuperaciones",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("usuario_id", GUID(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("vence_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("usado_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name="fk_recuperaciones_usuario_id"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sesiones",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("usuario_id", GUID(), nullable=False),
        sa.Column("dispositivo", sa.Text(), nullable=False),
        sa.Column("generacion", sa.BigInteger(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("last_used_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("vence_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("terminada_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuarios.id"], name="fk_sesiones_usuario_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sesiones") as batch_op:
        batch_op.create_index("ix_sesiones_user", ["usuario_id"], unique=False)

    op.create_table(
        "busqueda",
        sa.Column("profesional_id", GUID(), nullable=False),
        sa.Column("oficio_id", GUID(), nullable=True),
        sa.Column("nombre", sa.Text(), nullable=False),
        sa.Column("apellido", sa.Text(), nullable=False),
        sa.Column("oficios", JSON, nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("radio_cobertura_km", sa.BigInteger(), nullable=False),
        sa.Column("disponible", sa.Boolean(), nullable=False),
        sa.Column("acepta_instant", sa.Boolean(), nullable=False),
        sa.Column("tarifa_por_hora", sa.BigInteger(), nullable=True),
        sa.Column("rating_promedio", sa.Float(), nullable=True),
        sa.Column("total_resenas", sa.BigInteger(), nullable=False),
        sa.Column("puntos", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name="fk_busqueda_oficio_id"),
        sa.ForeignKeyConstraint(
            ["profesional_id"], ["profesionales.id"], name="fk_busqueda_profesional_id"
        ),
    )
    with op.batch_alter_table("busqueda") as batch_op:
        batch_op.create_index(
            "ix_busqueda_place", ["oficio_id", "latitude", "longitude"], unique=False
        )
        batch_op.create_index("ix_busqueda_professional", ["profesional_id"], unique=False)

    op.create_table(
        "kyc_envios",
        sa.Column("profesional_id", GUID(), nullable=False),
        sa.Column("dni", sa.Text(), nullable=False),
        sa.Column("cuit", sa.Text(), nullable=False),
        sa.Column("enviado_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("documentos", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["profesional_id"], ["profesionales.id"], name="fk_kyc_envios_profesional_id"
        ),
        sa.PrimaryKeyConstraint("profesional_id", "enviado_at"),
    )
    op.create_table(
        "ofertas",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("cliente_id", GUID(), nullable=False),
        sa.Column("profesional_id", GUID(), nullable=False),
        sa.Column("propuesta_por", sa.String(length=40), nullable=False),
        sa.Column("descripcion", sa.Text(), nullable=False),
        sa.Column("monto", sa.BigInteger(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("paso", sa.BigInteger(), nullable=False),
        sa.Column("vence_en_dias", sa.BigInteger(), nullable=False),
        sa.Column("vence_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("updated_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cliente_id"], ["usuarios.id"], name="fk_ofertas_cliente_id"),
        sa.ForeignKeyConstraint(
            ["profesional_id"], ["profesionales.id"], name="fk_ofertas_profesional_id"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ofertas") as batch_op:
        batch_op.create_index("ix_ofertas_client", ["cliente_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_ofertas_due",
            ["vence_at"],
            unique=False,
            sqlite_where=sa.text("estado = 'PENDIENTE'"),
            postgresql_where=sa.text("estado = 'PENDIENTE'"),
        )
        batch_op.create_index(
            "ix_ofertas_professional", ["profesional_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "trabajos",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("oferta_id", GUID(), nullable=False),
        sa.Column("cliente_id", GUID(), nullable=False),
        sa.Column("profesional_id", GUID(), nullable=False),
        sa.Column("descripcion", sa.Text(), nullable=False),
        sa.Column("monto", sa.BigInteger(), nullable=False),
        sa.Column("comision_tasa", sa.Integer(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("escrow_estado", sa.String(length=40), nullable=False),
        sa.Column("disputa_estado", sa.String(length=40), nullable=False),
        sa.Column("congelado_por", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("aceptado_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("vence_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("pagado_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("completado_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("aprobado_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("fue_completado", sa.Boolean(), nullable=False),
        sa.Column("cambios_pedidos", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cliente_id"], ["usuarios.id"], name="fk_trabajos_cliente_id"),
        sa.ForeignKeyConstraint(["oferta_id"], ["ofertas.id"], name="fk_trabajos_oferta_id"),
        sa.ForeignKeyConstraint(
            ["profesional_id"], ["profesionales.id"], name="fk_trabajos_profesional_id"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("trabajos") as batch_op:
        batch_op.create_index(
            "ix_trabajos_client", ["cliente_id", "aceptado_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_trabajos_due",
            ["vence_at"],
            unique=False,
            sqlite_where=sa.text("vence_at IS NOT NULL"),
            postgresql_where=sa.text("vence_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_trabajos_professional", ["profesional_id", "aceptado_at", "id"], unique=False
        )
        batch_op.create_index("uq_trabajos_offer", ["oferta_id"], unique=True)

    op.create_table(
        "payment_intents",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("trabajo_id", GUID(), nullable=False),
        sa.Column("cliente_id", GUID(), nullable=False),
        sa.Column("monto", sa.BigInteger(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("vence_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("preference_id", sa.Text(), nullable=True),
        sa.Column("init_point", sa.Text(), nullable=True),
        sa.Column("consultas", sa.BigInteger(), nullable=False),
        sa.Column("consultar_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cliente_id"], ["usuarios.id"], name="fk_payment_intents_cliente_id"
        ),
        sa.ForeignKeyConstraint(
            ["trabajo_id"], ["trabajos.id"], name="fk_payment_intents_trabajo_id"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("payment_intents") as batch_op:
        batch_op.create_index(
            "ix_payment_intents_due",
            ["consultar_at"],
            unique=False,
            sqlite_where=sa.text("consultar_at IS NOT NULL"),
            postgresql_where=sa.text("consultar_at IS NOT NULL"),
        )
        batch_op.create_index("ix_payment_intents_job", ["trabajo_id"], unique=False)
        batch_op.create_index(
            "uq_payment_intents_open",
            ["trabajo_id"],
            unique=True,
            sqlite_where=sa.text("estado = 'ABIERTO'"),
            postgresql_where=sa.text("estado = 'ABIERTO'"),
        )

    op.create_table(
        "pagos",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("referencia", GUID(), nullable=True),
        sa.Column("trabajo_id", GUID(), nullable=True),
        sa.Column("cliente_id", GUID(), nullable=True),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("estado_detalle", sa.Text(), nullable=False),
        sa.Column("monto", sa.BigInteger(), nullable=False),
        sa.Column("reembolsado", sa.BigInteger(), nullable=False),
        sa.Column("aprobado_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("consultar_liberacion_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("updated_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("veredicto", sa.String(length=40), nullable=False),
        sa.Column("alerta", sa.String(length=40), nullable=True),
        sa.Column("liberado", sa.Boolean(), nullable=False),
        sa.Column("comision_mp_asentada", sa.BigInteger(), nullable=False),
        sa.Column("impuestos_asentados", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("moneda", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referencia"], ["payment_intents.id"], name="fk_pagos_referencia"),
        sa.ForeignKeyConstraint(["trabajo_id"], ["trabajos.id"], name="fk_pagos_trabajo_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pagos") as batch_op:
        batch_op.create_index(
            "ix_pagos_due",
            ["consultar_liberacion_at"],
            unique=False,
            sqlite_where=sa.text("consultar_liberacion_at IS NOT NULL"),
            postgresql_where=sa.text("consultar_liberacion_at IS NOT NULL"),
        )
        batch_op.create_index("ix_pagos_job", ["trabajo_id"], unique=False)
        batch_op.create_index(
            "uq_pagos_funds",
            ["trabajo_id"],
            unique=True,
            sqlite_where=sa.text("veredicto = 'FONDEA'"),
            postgresql_where=sa.text("veredicto = 'FONDEA'"),
        )

    op.create_table(
        "asientos",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("hecho", sa.Text(), nullable=False),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("trabajo_id", GUID(), nullable=True),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["pagos.id"], name="fk_asientos_payment_id"),
        sa.ForeignKeyConstraint(["trabajo_id"], ["trabajos.id"], name="fk_asientos_trabajo_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("asientos") as batch_op:
        batch_op.create_index("uq_asientos_fact", ["hecho"], unique=True)

    op.create_table(
        "reembolsos",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("trabajo_id", GUID(), nullable=False),
        sa.Column("cliente_id", GUID(), nullable=False),
        sa.Column("monto", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Boolean(), nullable=False),
        sa.Column("origen", sa.String(length=40), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("proximo_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("intentos", sa.BigInteger(), nullable=False),
        sa.Column("envios", sa.BigInteger(), nullable=False),
        sa.Column("rechazos", sa.BigInteger(), nullable=False),
        sa.Column("reservado_hasta", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("mercadopago_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("comprobante", sa.Text(), nullable=True),
        sa.Column("completada_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("moneda", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["pagos.id"], name="fk_reembolsos_payment_id"),
        sa.ForeignKeyConstraint(["trabajo_id"], ["trabajos.id"], name="fk_reembolsos_trabajo_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reembolsos") as batch_op:
        batch_op.create_index(
            "ix_reembolsos_due",
            ["proximo_at"],
            unique=False,
            sqlite_where=sa.text("proximo_at IS NOT NULL"),
            postgresql_where=sa.text("proximo_at IS NOT NULL"),
        )
        batch_op.create_index("ix_reembolsos_payment", ["payment_id"], unique=False)
        batch_op.create_index(
            "uq_reembolsos_outstanding",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text(
                "estado = 'CREADO' OR estado = 'ENVIADO' OR estado = 'DESCONOCIDO'"
            ),
            postgresql_where=sa.text(
                "estado = 'CREADO' OR estado = 'ENVIADO' OR estado = 'DESCONOCIDO'"
            ),
        )

    op.create_table(
        "transactions",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("hecho", sa.Text(), nullable=False),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("monto", sa.BigInteger(), nullable=False),
        sa.Column("trabajo_id", GUID(), nullable=True),
        sa.Column("cliente_id", GUID(), nullable=True),
        sa.Column("profesional_id", GUID(), nullable=True),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("completada_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("moneda", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["pagos.id"], name="fk_transactions_payment_id"),
        sa.ForeignKeyConstraint(["trabajo_id"], ["trabajos.id"], name="fk_transactions_trabajo_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("transactions") as batch_op:
        batch_op.create_index(
            "ix_transactions_client", ["cliente_id", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_transactions_job", ["trabajo_id"], unique=False)
        batch_op.create_index(
            "ix_transactions_professional", ["profesional_id", "created_at"], unique=False
        )
        batch_op.create_index("uq_transactions_fact", ["hecho"], unique=True)

    op.create_table(
        "asiento_lineas",
        sa.Column("transaccion_id", GUID(), nullable=False),
        sa.Column("paso", sa.BigInteger(), nullable=False),
        sa.Column("cuenta", sa.String(length=40), nullable=False),
        sa.Column("titular_id", GUID(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("trabajo_id", GUID(), nullable=True),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.CheckConstraint("cents != 0", name="ck_asiento_lineas_zero"),
        sa.ForeignKeyConstraint(["payment_id"], ["pagos.id"], name="fk_asiento_lineas_payment_id"),
        sa.ForeignKeyConstraint(
            ["trabajo_id"], ["trabajos.id"], name="fk_asiento_lineas_trabajo_id"
        ),
        sa.ForeignKeyConstraint(
            ["transaccion_id"], ["asientos.id"], name="fk_asiento_lineas_transaccion_id"
        ),
        sa.PrimaryKeyConstraint("transaccion_id", "paso"),
    )
    with op.batch_alter_table("asiento_lineas") as batch_op:
        batch_op.create_index("ix_asiento_lineas_job", ["trabajo_id"], unique=False)
        batch_op.create_index("ix_asiento_lineas_payment", ["payment_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("asiento_lineas") as batch_op:
        batch_op.drop_index("ix_asiento_lineas_payment")
        batch_op.drop_index("ix_asiento_lineas_job")

    op.drop_table("asiento_lineas")
    with op.batch_alter_table("transactions") as batch_op:
        batch_op.drop_index("uq_transactions_fact")
        batch_op.drop_index("ix_transactions_professional")
        batch_op.drop_index("ix_transactions_job")
        batch_op.drop_index("ix_transactions_client")

    op.drop_table("transactions")
    with op.batch_alter_table("reembolsos") as batch_op:
        batch_op.drop_index(
            "uq_reembolsos_outstanding",
            sqlite_where=sa.text(
                "estado = 'CREADO' OR estado = 'ENVIADO' OR estado = 'DESCONOCIDO'"
            ),
            postgresql_where=sa.text(
                "estado = 'CREADO' OR estado = 'ENVIADO' OR estado = 'DESCONOCIDO'"
            ),
        )
        batch_op.drop_index("ix_reembolsos_payment")
        batch_op.drop_index(
            "ix_reembolsos_due",
            sqlite_where=sa.text("proximo_at IS NOT NULL"),
            postgresql_where=sa.text("proximo_at IS NOT NULL"),
        )

    op.drop_table("reembolsos")
    with op.batch_alter_table("asientos") as batch_op:
        batch_op.drop_index("uq_asientos_fact")

    op.drop_table("asientos")
    with op.batch_alter_table("pagos") as batch_op:
        batch_op.drop_index(
            "uq_pagos_funds",
            sqlite_where=sa.text("veredicto = 'FONDEA'"),
            postgresql_where=sa.text("veredicto = 'FONDEA'"),
        )
        batch_op.drop_index("ix_pagos_job")
        batch_op.drop_index(
            "ix_pagos_due",
            sqlite_where=sa.text("consultar_liberacion_at IS NOT NULL"),
            postgresql_where=sa.text("consultar_liberacion_at IS NOT NULL"),
        )

    op.drop_table("pagos")
    with op.batch_alter_table("payment_intents") as batch_op:
        batch_op.drop_index(
            "uq_payment_intents_open",
            sqlite_where=sa.text("estado = 'ABIERTO'"),
            postgresql_where=sa.text("estado = 'ABIERTO'"),
        )
        batch_op.drop_index("ix_payment_intents_job")
        batch_op.drop_index(
            "ix_payment_intents_due",
            sqlite_where=sa.text("consultar_at IS NOT NULL"),
            postgresql_where=sa.text("consultar_at IS NOT NULL"),
        )

    op.drop_table("payment_intents")
    with op.batch_alter_table("trabajos") as batch_op:
        batch_op.drop_index("uq_trabajos_offer")
        batch_op.drop_index("ix_trabajos_professional")
        batch_op.drop_index(
            "ix_trabajos_due",
            sqlite_where=sa.text("vence_at IS NOT NULL"),
            postgresql_where=sa.text("vence_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_trabajos_client")

    op.drop_table("trabajos")
    with op.batch_alter_table("ofertas") as batch_op:
        batch_op.drop_index("ix_ofertas_professional")
        batch_op.drop_index(
            "ix_ofertas_due",
            sqlite_where=sa.text("estado = 'PENDIENTE'"),
            postgresql_where=sa.text("estado = 'PENDIENTE'"),
        )
        batch_op.drop_index("ix_ofertas_client")

    op.drop_table("ofertas")
    op.drop_table("kyc_envios")
    with op.batch_alter_table("busqueda") as batch_op:
        batch_op.drop_index("ix_busqueda_professional")
        batch_op.drop_index("ix_busqueda_place")

    op.drop_table("busqueda")
    with op.batch_alter_table("sesiones") as batch_op:
        batch_op.drop_index("ix_sesiones_user")

    op.drop_table("sesiones")
    op.drop_table("recuperaciones")
    op.drop_table("profesionales")
    with op.batch_alter_table("entregas") as batch_op:
        batch_op.drop_index(
            "ix_entregas_due",
            sqlite_where=sa.text("proximo_at IS NOT NULL"),
            postgresql_where=sa.text("proximo_at IS NOT NULL"),
        )

    op.drop_table("entregas")
    with op.batch_alter_table("usuarios") as batch_op:
        batch_op.drop_index("uq_usuarios_email")

    op.drop_table("usuarios")
    op.drop_table("saldos")
    op.drop_table("oficios")
    op.drop_table("historial")
    op.drop_table("eventos")
    with op.batch_alter_table("claves_idempotencia") as batch_op:
        batch_op.drop_index("ix_claves_idempotencia_old")

    op.drop_table("claves_idempotencia")
