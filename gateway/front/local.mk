noinst_LIBRARIES += gateway/front/libfront.a
gateway_front_libfront_a_SOURCES = \
	%D%/accept.c \
	%D%/bind.c \
	%D%/body.c \
	%D%/bytes.c \
	%D%/conn.c \
	%D%/conn_int.h \
	%D%/deadline.c \
	%D%/forwarded.c \
	%D%/front.c \
	%D%/front.h \
	%D%/front_int.h \
	%D%/head.c \
	%D%/io.c \
	%D%/pool.c \
	%D%/post.c \
	%D%/proxy.c \
	%D%/reply.c \
	%D%/request.c \
	%D%/route.c \
	%D%/serve.c \
	%D%/step.c \
	%D%/ticket.c \
	%D%/tls.c \
	%D%/worker.c
FRONT_LIB = gateway/front/libfront.a
