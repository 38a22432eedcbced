"""Users and roles: who may log in; a user's id is the owner of their mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table, exists, func, select
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, scoped_session

from mailhelper_web.database import Base

ADMIN = "admin"

_user_roles = Table(
    "web_user_roles",
    Base.metadata,
    Column("user_id", ForeignKey("web_users.id"), primary_key=True),
    Column("role_id", ForeignKey("web_roles.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What a user may do beyond their own mail; the only one is `admin`, who sees health and never mail."""

    __tablename__ = "web_roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class User(Base, UserMixin):
    """A person who may log in, with what Flask-Security keeps about them."""

    __tablename__ = "web_users"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's convention; an owner's id is never reused

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column()
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    language: Mapped[str | None] = mapped_column(String(8))
    api_token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=_user_roles, lazy="joined"
    )

    @property
    def owner(self) -> str:
        """The key of their mail in mailhelper."""
        return str(self.id)

    @property
    def is_admin(self) -> bool:
        """Say whether they may see the admin pages."""
        return any(role.name == ADMIN for role in self.roles)


class SeenNews(Base):
    """How far a user has seen what happened: a cursor of the engine's events."""

    __tablename__ = "web_seen_news"

    user_id: Mapped[int] = mapped_column(ForeignKey("web_users.id", ondelete="CASCADE"), primary_key=True)
    through: Mapped[str] = mapped_column(String(40))


@dataclass(frozen=True)
class Reader(UserMixin):
    """A user as pages read them: what a page asks of who it is for, by a plain statement. Who changes is a `User`."""

    id: int
    email: str
    active: bool
    fs_uniquifier: str
    language: str | None
    is_admin: bool

    @property
    def owner(self) -> str:
        """The key of their mail in mailhelper."""
        return str(self.id)

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Their roles, as Flask-Security asks for them."""
        return [_AdminRole()] if self.is_admin else []


class _AdminRole(RoleMixin):
    """The role of admins as the library reads it; a row of it would be made by the ORM."""

    name = ADMIN
    permissions = None


_u, _roles = User.__table__.c, Role.__table__
_is_admin = exists().where(_user_roles.c.user_id == _u.id, _user_roles.c.role_id == _roles.c.id, _roles.c.name == ADMIN)
# In the order of a reader's fields.
READER_COLUMNS = (_u.id, _u.email, _u.active, _u.fs_uniquifier, _u.language, _is_admin)


def make_admin(session: Session | scoped_session[Session], user: User) -> None:
    """Give a user the admin role; the role is made with the first admin."""
    role = session.scalar(select(Role).where(Role.name == ADMIN)) or Role(name=ADMIN)
    if role not in user.roles:
        user.roles.append(role)
    session.commit()


def is_first(session: Session | scoped_session[Session], user: User) -> bool:
    """Say whether nobody registered before; of two at the same moment, one did."""
    session.flush()
    return session.scalar(select(func.min(User.id))) == user.id
