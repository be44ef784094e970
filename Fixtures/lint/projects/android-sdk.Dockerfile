FROM openjdk:8-jdk
ENV ANDROID_COMPILE_SDK "28"
ENV ANDROID_BUILD_TOOLS "28.0.3"
ENV ANDROID_HOME /android-sdk-linux
RUN apt-get --quiet update --yes
RUN apt-get --quiet install --yes wget tar unzip lib32stdc++6 lib32z1
RUN wget --quiet --output-document=/tmp/android-sdk.zip https://dl.google.com/android/repository/sdk-tools-linux-4333796.zip && unzip -d $ANDROID_HOME /tmp/android-sdk.zip && rm /tmp/android-sdk.zip
RUN echo y | $ANDROID_HOME/tools/bin/sdkmanager "platforms;android-${ANDROID_COMPILE_SDK}" > /dev/null
RUN yes | $ANDROID_HOME/tools/bin/sdkmanager --licenses || true
ENV PATH $PATH:$ANDROID_HOME/platform-tools/
