# syntax=docker/dockerfile:1
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Only what runs: no compiler, no test tools, no second Node. i18next names TypeScript as an optional peer, so npm brings it along.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/typescript node_modules/@typescript

FROM node:24-slim
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/node-compile-cache \
    GWANMUN_LISTEN_HOST=0.0.0.0 \
    GWANMUN_STORE_PATH=/var/lib/gwanmun/gwanmun.db \
    GWANMUN_KEYS_DIR=/var/lib/gwanmun/keys
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
COPY config/gwanmun.yaml config/common-passwords.txt ./config/
COPY config/catalogue ./config/catalogue
COPY config/roles ./config/roles
# The root file system may be read-only: everything written is in the volume or in /tmp.
RUN mkdir -p /var/lib/gwanmun /app/config/tenancies && chown -R node:node /var/lib/gwanmun
USER node
VOLUME /var/lib/gwanmun
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "src/main.ts", "health"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
