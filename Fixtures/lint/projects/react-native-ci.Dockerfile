FROM reactnativecommunity/react-native-android:v11
RUN apt update -qq && apt install -qq -y awscli && apt clean
RUN gem install fastlane bundler:2.4.22 -NV
RUN npm i -g yarn
ENV GRADLE_OPTS '-Dorg.gradle.jvmargs="-Xmx4g -XX:+HeapDumpOnOutOfMemoryError"'
