FROM public.ecr.aws/lambda/nodejs:18
RUN yum install -y ImageMagick && yum clean all
COPY package.json ${LAMBDA_TASK_ROOT}/
RUN npm install --omit=dev --loglevel warn
COPY index.js ${LAMBDA_TASK_ROOT}/
CMD [ "index.handler" ]
